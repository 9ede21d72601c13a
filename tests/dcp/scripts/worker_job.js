// Runs one job whose slices take a while: node worker_job.js SLICES plain|random|local
// `random` computes a value that differs between sandboxes; `local` is computed by the client's own worker.
'use strict';

const [slices, kind] = [Number(process.argv[2]), process.argv[3]];

function plain(x) {
  progress();
  let sum = 0;
  for (let i = 0; i < 2e6; i++) sum = (sum * 31 + i + x) % 1000003;
  return sum;
}

function random(x) {
  progress();
  for (let i = 0; i < 2e6; i++) x += 1e-9;
  return Math.random();
}

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, slices, kind === 'random' ? random : plain);
  let results;
  if (kind === 'local') {
    await require('dcp/identity').login();
    results = await job.localExec(1);
  } else {
    results = await job.exec();
  }
  const values = Array.from(results);
  const expected = values.map((_, i) => { globalThis.progress = () => true; return plain(i + 1); });
  const isRight = kind === 'random' || JSON.stringify(values) === JSON.stringify(expected);
  console.log(JSON.stringify({ job: job.id, count: values.length, isRight }));
  process.exit();
}

require('dcp-client').init().then(main).catch((error) => {
  console.log(JSON.stringify({ error: String(error.stack ?? error) }));
  process.exit(1);
});
