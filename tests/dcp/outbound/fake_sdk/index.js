/* Stands in for npm's dcp-client in tests: "deploys" jobs in this process. `fake.json` beside the
 * keystores says how it misbehaves; what happened to it is written to `fake.log` there. */
'use strict';

const fs = require('fs');
const path = require('path');
const { EventEmitter } = require('events');

const folder = process.env.DCP_RESOURCE_DIR;
const faults = JSON.parse(fs.readFileSync(path.join(folder, 'fake.json'), 'utf8'));
const log = (line) => fs.appendFileSync(path.join(folder, 'fake.log'), `${line}\n`);

globalThis.progress = () => true;

const coded = (code, message) => Object.assign(new Error(message), { code });

class Keystore {
  async unlock() {
    if (faults.passphrase) module.exports.wallet.passphrasePrompt('Enter your passphrase:');
    log('unlocked');
  }
}

async function open(name) {
  if (!fs.existsSync(path.join(folder, `${name}.keystore`))) throw coded('ENOENT', `no ${name}`);
  return new Keystore();
}

class Job extends EventEmitter {
  constructor(data, work, args) {
    super();
    Object.assign(this, { data, args, id: 'fakeJob', address: null, public: {}, computeGroups: [{ joinKey: 'public' }] });
    this.work = (0, eval)(`(${work})`);
    this.isCancelled = new Promise((resolve) => { this.onCancel = resolve; });
  }

  async cancel(reason) {
    log(`cancelled ${reason}`);
    this.onCancel();
  }

  async exec(offer) {
    log(`exec ${offer === undefined ? 'market' : offer} ${JSON.stringify(this.computeGroups)} ${this.public.name}`);
    if (faults.refuse) throw coded('ENOFUNDS', 'Failed to submit job:no funds');
    this.address = '0xfake';
    this.emit('accepted', this);
    const values = new Map();
    for (const [index, datum] of this.data.entries()) {
      await new Promise(setImmediate);
      if (index === faults.crashAt) process.exit(3);
      if (index === faults.throwAt) setImmediate(() => { throw new Error('the client broke'); });
      if (index === faults.stallAt) await this.stalled();
      if (index === faults.cancelAt) throw coded('ETOOMANYERRORS', 'too many\u001b[31m\nerrors');
      if (index === faults.nonsenseAt) process.stdout.write('this is no message\n');
      if (faults.lost?.includes(index)) continue;
      values.set(index, this.tampered(index, this.work(datum, ...this.args)));
      if (faults.late?.includes(index)) {
        // As dcp-client tells of fetched results: without a job, with the value of the next slice.
        this.emit('result', { sliceNumber: index + 1, result: undefined });
      } else {
        this.emit('result', { job: this.id, sliceNumber: index + 1, result: values.get(index) });
      }
      this.emit('status', { runStatus: 'running', total: this.data.length, distributed: index + 1, computed: index + 1 });
    }
    const handle = { isAvailable: (index) => values.has(index) };
    for (const [index, value] of values) handle[index] = value;
    return handle;
  }

  /* Nothing comes any more, though words do. */
  async stalled() {
    log('stalled');
    const words = setInterval(() => this.emit('error', { message: 'a slice failed \ud800' }), 20);
    await this.isCancelled;
    clearInterval(words);
  }

  tampered(index, value) {
    if (index === faults.malformedAt) return { tape: 'text', iterationsDone: {}, operations: -1 };
    if (index === faults.notANumberAt) return { ...value, operations: '-1' };
    if (index === faults.wrongTapeAt) return { ...value, tape: value.tape.map((byte) => byte ^ 1) };
    if (index === faults.wrongCountAt) return { ...value, operations: String(BigInt(value.operations) + 1n) };
    if (index === faults.shortAt) return { ...value, iterationsDone: '0' };
    return value;
  }
}

module.exports = {
  wallet: { get: () => open('default'), getId: () => open('id'), passphrasePrompt: () => 'secret' },
  async init() {
    if (faults.unreachable) throw coded('EHTTP_STATUS_ECONNREFUSED', 'connect ECONNREFUSED');
    globalThis.dcpConfig = { scheduler: { location: new URL(process.env.DCP_SCHEDULER_LOCATION ?? 'https://real.example/') } };
    log(`environment ${Object.keys(process.env).sort().join(' ')}`);
    return module.exports;
  },
  compute: {
    for: (data, work, args) => new Job(data, work, args),
    status: async () => ({ job: 'fakeJob', paid: '0.5' }),
  },
};
