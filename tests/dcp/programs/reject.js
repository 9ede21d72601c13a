// Feature: work.reject: workers that refuse a slice; the job ends after a bounded number of tries
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for([1, 2], (x) => {
    progress();
    if (x === 2) work.reject('this slice does not suit me');
    return x;
  });
  try {
    await job.exec();
    console.log('the job completed');
  } catch (error) {
    console.log('the job ended', typeof error.code);
  }
}

require('dcp-client').init().then(main);
