// Feature: compute.for(start, end[, step]); both ends belong to the range, it may descend and be fractional
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const work = (x) => { progress(); return x * x; };
  const jobs = {
    'one to five': compute.for(1, 5, work),
    'by threes': compute.for(1, 10, 3, work),
    'descending': compute.for(3, 1, work),
    'fractional': compute.for(0.5, 3, work),
    'a single one': compute.for(7, 7, work),
  };
  for (const [name, job] of Object.entries(jobs)) {
    console.log(`${name}: ${JSON.stringify(Array.from(await job.exec()))}`);
  }
}

require('dcp-client').init().then(main);
