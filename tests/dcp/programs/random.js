// Feature: random numbers and clocks: every replica of a slice sees the same, slices see different ones
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 20, () => {
    progress();
    const start = Date.now();
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const elapsed = performance.now();
    return {
      random: Math.random(), id: crypto.randomUUID(), bytes: bytes.join(' '),
      isLater: Date.now() >= start && performance.now() >= elapsed, year: new Date().getUTCFullYear(),
    };
  });
  const results = Array.from(await job.exec());
  const distinct = (key) => new Set(results.map((each) => each[key])).size;
  console.log(results.every(({ random }) => random >= 0 && random < 1), distinct('random'), distinct('id'), distinct('bytes'));
  console.log(results.every(({ id }) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)));
  console.log(results.every(({ isLater }) => isLater), results.every(({ year }) => year >= 1970));
}

require('dcp-client').init().then(main);
