// Runs COUNT jobs of SLICES slices one after the other and prints a line of JSON for each: node jobs.js COUNT SLICES SEED
// Even jobs are ranges, odd ones arrays; slices tell things on their way, so that there are many messages.
'use strict';

const LATE_MS = 120000;
const [count, slices, seed] = process.argv.slice(2).map(Number);

async function run(compute, number) {
  const offset = seed * 1000 + number;
  const workFunction = (x, plus) => {
    progress();
    if (x % 10 === 0) console.log('slice', x);
    if (x % 7 === 0) work.emit('seen', x);
    return `${x}+${plus}`;
  };
  const values = Array.from({ length: slices }, (_, i) => i + 1);
  const job = number % 2 ? compute.for(values, workFunction, [offset]) : compute.for(1, slices, workFunction, [offset]);
  const seen = new Map();
  job.on('result', ({ sliceNumber, result }) => { seen.set(sliceNumber, (seen.get(sliceNumber) ?? 0) + 1); });
  const states = [];
  job.on('readyStateChange', (state) => states.push(state));
  job.on('console', () => {});
  job.on('status', () => {});
  job.work.on('seen', () => {});
  const began = Date.now();
  try {
    const results = Array.from(await Promise.race([job.exec(), late()]));
    return {
      job: job.id, number, seconds: (Date.now() - began) / 1000,
      isComplete: results.length === slices && seen.size === slices,
      isRight: results.every((each, i) => each === `${i + 1}+${offset}`),
      twice: [...seen.values()].filter((each) => each > 1).length,
    };
  } catch (error) {
    const heard = `${states.at(-1)}, ${seen.size} results, last status ${JSON.stringify(job.status)}`;
    return { job: job.id, number, seconds: (Date.now() - began) / 1000, error: `${error.code}: ${error.message}`, heard };
  }
}

function late() {
  return new Promise((_, reject) => { setTimeout(reject, LATE_MS, new Error('not over in time')).unref(); });
}

async function main() {
  const compute = require('dcp/compute');
  for (let number = 0; number < count; number++) console.log(JSON.stringify(await run(compute, number)));
  process.exit(); // a connection may be waiting for its next try
}

require('dcp-client').init().then(main);
