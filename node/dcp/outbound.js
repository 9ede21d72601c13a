/* Deploys one job of meshnode on DCP with Distributive's own client, and passes on what happens.
 *
 * Reads lines of JSON from stdin (`start` first, then perhaps `cancel`), writes lines of JSON to
 * stdout; outbound_messages.py says which. Everything else, the client's own words included, goes to
 * stderr. Ends by itself when stdin does. Keystores are opened by the client alone. */
'use strict';

const fs = require('fs');
const path = require('path');

const NODE_MAJOR_MIN = 18;
const TEXT_MAX = 300; // characters of a text that comes from elsewhere
const RECORD_MAX = 8192; // characters of DCP's record of the job
const RECORD_MS = 3000; // the record is waited for so long
const CANCEL_MS = 5000; // the job's cancellation is waited for so long
const DEPLOY_POLL_MS = 50;
const FOLDER = 'meshnode-dcp-'; // how the name of the process's own folder begins
const UNLOCKED_S = 24 * 3600; // keystores stay unlocked for a job's time

const writeOut = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

/* A short text of whatever a stranger sent: no control characters, for terminals obey them, and no half of a
 * surrogate pair, for JSON's readers refuse it. */
function text(value) {
  try {
    return String(value ?? '').slice(0, TEXT_MAX).replace(/\p{Cc}/gu, ' ').replace(/\p{Surrogate}/gu, '\ufffd');
  } catch {
    return 'something that is no text';
  }
}
const count = (value) => (Number.isSafeInteger(value) && value >= 0 ? value : 0);
const say = (type, fields) => writeOut(`${JSON.stringify({ type, ...fields })}\n`);
const sayLast = (type, fields) => writeOut(`${JSON.stringify({ type, ...fields })}\n`, () => process.exit(0));

class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

let job = null;
let isDeploying = false;
let isEnding = false;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/* Cancel the job, also one that is just being deployed, and end. */
async function cancelAndExit() {
  const end = Date.now() + CANCEL_MS;
  setTimeout(() => process.exit(0), CANCEL_MS);
  try {
    while (job !== null && !job.address && isDeploying && Date.now() < end) await pause(DEPLOY_POLL_MS);
    if (job !== null && job.address) await job.cancel('meshnode needs no more of it');
  } catch (error) {
    console.error(text(error?.message));
  }
  process.exit(0);
}

function cancel() {
  if (isEnding) return;
  isEnding = true;
  cancelAndExit();
}

function fail(error) {
  if (isEnding) return;
  isEnding = true;
  say('failed', { code: text(error?.code || 'EFAILED'), message: text(error?.message || error) });
  cancelAndExit();
}
process.on('exit', () => {
  // Our folder goes with us, in case that its maker was killed.
  if (path.basename(process.cwd()).startsWith(FOLDER)) fs.rmSync(process.cwd(), { recursive: true, force: true });
});
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

async function openClient(start) {
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
    throw new Refusal('ENODE', `Node.js ${NODE_MAJOR_MIN} or later is needed, here is ${process.versions.node}; install a newer one`);
  }
  const folder = path.join(start.sdk, 'node_modules', 'dcp-client');
  let client;
  let version;
  try {
    client = require(folder);
    version = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).version;
  } catch (error) {
    console.error(text(error?.stack));
    throw new Refusal('ESDK', `DCP's client in ${start.sdk} cannot be loaded; run \`npm install dcp-client@5.6.1\` there`);
  }
  const dcp = await client.init({ parseArgv: false, reportErrors: false });
  await unlock(dcp.wallet);
  const scheduler = globalThis.dcpConfig?.scheduler?.location;
  say('ready', { version: text(version), scheduler: text(scheduler?.href ?? scheduler) });
  return dcp.compute;
}

async function unlock(wallet) {
  wallet.passphrasePrompt = () => {
    throw new Refusal('EPASSPHRASE', 'a keystore has a passphrase, which nobody can be asked for here; '
      + 'save a copy without one in a folder of its own and name that with --dcp-keystores');
  };
  for (const [name, get] of [['id', wallet.getId], ['default', wallet.get]]) {
    let keystore;
    try {
      keystore = await get();
    } catch (error) {
      console.error(text(error?.message));
      throw new Refusal('EKEYSTORE', `${name}.keystore is missing or cannot be read; `
        + 'name the folder with your keystores with --dcp-keystores');
    }
    await keystore.unlock(undefined, UNLOCKED_S);
  }
}

function readGroups(file) {
  let groups;
  try {
    groups = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    throw new Refusal('EGROUPS', `the compute groups in ${file} cannot be read as JSON; write [{"joinKey": "…", "joinSecret": "…"}]`);
  }
  const isGroup = (group) => typeof group === 'object' && group !== null && typeof group.joinKey === 'string';
  if (!Array.isArray(groups) || groups.length === 0 || !groups.every(isGroup)) {
    throw new Refusal('EGROUPS', `${file} is no list of compute groups; write [{"joinKey": "…", "joinSecret": "…"}]`);
  }
  return groups;
}

/* The data of the slices: the cells of the loop's grid. */
function chunkData(terms) {
  const [iterations, length] = [BigInt(terms.iterations), BigInt(terms.chunkLength)];
  const data = [];
  for (let start = 0n; start < iterations; start += length) {
    const stop = start + length < iterations ? start + length : iterations;
    data.push({ loop: terms.loop, start: String(start), stop: String(stop), operations: terms.operationsMax });
  }
  return data;
}

function sayResult(chunk, value) {
  const isRight = typeof value === 'object' && value !== null && value.tape instanceof Uint8Array
    && typeof value.iterationsDone === 'string' && typeof value.operations === 'string';
  if (!isRight) {
    say('malformed', { chunk });
    return;
  }
  const tape = Buffer.from(value.tape.buffer, value.tape.byteOffset, value.tape.byteLength).toString('base64');
  say('result', { chunk, iterationsDone: text(value.iterationsDone), operations: text(value.operations), tape });
}

/* What DCP's list of jobs has on the job: if it tells a cost, it is here. */
async function readRecord(compute) {
  try {
    const record = await Promise.race([compute.status(job), pause(RECORD_MS)]);
    const written = JSON.stringify(record) ?? 'null';
    return written.length <= RECORD_MAX ? JSON.parse(written) : null;
  } catch {
    return null;
  }
}

async function run(start) {
  const compute = await openClient(start);
  const groups = start.groups === '' ? null : readGroups(start.groups);
  const args = [start.prepared, start.captures, start.terms, start.module];
  job = compute.for(chunkData(start.terms), start.work, args);
  job.public.name = start.name;
  job.public.description = 'Chunks of a loop, each a run of a WebAssembly module without imports';
  job.requirements = { engine: {}, environment: {}, discrete: false }; // any engine; no GPU
  if (groups !== null) job.computeGroups = groups;

  const told = new Set();
  const tell = (chunk, value) => {
    if (isEnding || told.has(chunk) || !(chunk >= 0 && chunk < start.chunks)) return;
    told.add(chunk);
    sayResult(chunk, value);
  };
  job.on('accepted', () => say('accepted', { job: text(job.id) }));
  job.on('status', ({ distributed, computed }) => say('status', { distributed: count(distributed), computed: count(computed) }));
  job.on('error', (event) => say('error', { message: text(event?.message) }));
  job.on('noProgress', () => say('error', { message: 'a worker saw no progress' }));
  // Events for fetched results name no job, and have the wrong value (dcp-client 5.6.1): see below.
  job.on('result', (event) => { if (event.job !== undefined) tell(event.sliceNumber - 1, event.result); });

  if (isEnding) return;
  isDeploying = true;
  let results;
  try {
    results = await (start.offer === '' ? job.exec() : job.exec(Number(start.offer)));
  } catch (error) {
    isDeploying = false;
    if (!job.address) throw error;
    await sayEnded(compute, 'cancelled', `${text(error?.code)} ${text(error?.message)}`.trim());
    return;
  }
  for (let chunk = 0; chunk < start.chunks; chunk += 1) {
    if (!told.has(chunk) && results.isAvailable(chunk)) tell(chunk, results[chunk]);
  }
  await sayEnded(compute, 'finished', '');
}

async function sayEnded(compute, state, reason) {
  const record = await readRecord(compute);
  if (isEnding) return;
  isEnding = true;
  sayLast('ended', { state, reason: text(reason), record });
}

/* Lines of stdin. */
let pieces = [];
let isStarted = false;
process.stdin.on('data', (piece) => {
  let from = 0;
  for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
    pieces.push(piece.subarray(from, end));
    const line = Buffer.concat(pieces).toString('utf8');
    pieces = [];
    from = end + 1;
    const message = JSON.parse(line);
    if (message.type === 'start' && !isStarted) {
      isStarted = true;
      run(message).catch(fail);
    } else if (message.type === 'cancel') {
      cancel();
    }
  }
  pieces.push(piece.subarray(from));
});
process.stdin.on('end', cancel);
process.stdin.on('error', cancel);
process.stdout.on('error', cancel); // nobody listens any more
