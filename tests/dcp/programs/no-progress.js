// Feature: a work function that never calls progress() ends the job with ENOPROGRESS
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for([1], (x) => x);
  let told = 0;
  job.on('noProgress', (event) => { if (event.sliceNumber === 1) told++; });
  try {
    await job.exec();
    console.log('the job completed');
  } catch (error) {
    console.log(error.code);
  }
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  console.log(told > 0);
}

require('dcp-client').init().then(main);
