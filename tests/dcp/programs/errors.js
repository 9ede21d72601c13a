// Feature: a slice that throws: error events carry its message, the job ends with ETOOMANYERRORS
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 3, (x) => {
    progress();
    if (x === 2) throw new RangeError(`cannot bear ${x}`);
    return x;
  });
  const messages = new Set();
  let isOfTheSlice = true;
  job.on('error', (event) => {
    messages.add(event.message);
    isOfTheSlice &&= event.sliceNumber === 2 && event.job === job.id;
  });
  job.on('cancel', () => console.log('cancel event'));
  try {
    await job.exec();
    console.log('the job completed');
  } catch (error) {
    console.log(error.code);
  }
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  console.log(messages.size > 0 && [...messages].every((each) => each.includes('cannot bear 2')), isOfTheSlice);
}

require('dcp-client').init().then(main);
