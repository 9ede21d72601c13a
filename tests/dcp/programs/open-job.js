// Feature: open jobs: autoClose = false, addSlices, close
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const { addSlices } = require('dcp/job');
  const job = compute.for([1, 2], (x) => { progress(); return x * x; });
  job.autoClose = false;
  let count = 0;
  job.on('accepted', () => {
    try {
      job.autoClose = true;
    } catch (error) {
      console.log(error.message);
    }
  });
  job.on('result', async () => {
    count++;
    if (count === 2) console.log('last slice number', (await addSlices([3, 4], job.id)).lastSliceNumber);
    if (count === 4) {
      await addSlices([5], job.id);
      console.log('closed', (await job.close()).success);
    }
  });
  const results = await job.exec();
  console.log(Array.from(results));
}

require('dcp-client').init().then(main);
