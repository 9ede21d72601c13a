// Feature: listeners that are added while the job runs
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 6, (x) => {
    progress();
    let sum = 0;
    for (let i = 0; i < 3e6; i++) sum += i % 7;
    console.log('slice', x, sum);
    work.emit('sum', sum);
    return x;
  });
  let consoles = 0;
  let customs = 0;
  job.on('accepted', () => {
    job.on('console', () => { consoles++; });
    job.work.on('sum', () => { customs++; });
  });
  console.log(Array.from(await job.exec()));
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  console.log(consoles <= 6, customs <= 6);
}

require('dcp-client').init().then(main);
