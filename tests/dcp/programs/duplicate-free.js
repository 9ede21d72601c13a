// Feature: each slice gives one result event, with its own value
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 60, (x) => { progress(); return x + 1000; });
  const seen = new Map();
  let wrong = 0;
  job.on('result', ({ sliceNumber, result }) => {
    seen.set(sliceNumber, (seen.get(sliceNumber) ?? 0) + 1);
    if (result !== sliceNumber + 1000) wrong++;
  });
  job.on('duplicate-result', ({ changed }) => { if (changed) wrong++; });
  await job.exec();
  console.log(seen.size, [...seen.values()].every((each) => each === 1), wrong);
}

require('dcp-client').init().then(main);
