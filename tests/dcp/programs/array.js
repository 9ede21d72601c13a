// Feature: compute.for over an array, with an argument
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for([1, 2, 3], (x, y) => { progress(); return x * 2 + y; }, [10]);
  const results = await job.exec();
  console.log(Array.from(results));
}

require('dcp-client').init().then(main);
