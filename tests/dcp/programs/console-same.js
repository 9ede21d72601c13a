// Feature: repeated console lines come once, then once more with the number of repetitions
// The client copies the earlier event's fields into the repetition; a worker sends it when another line is logged, at
// progress(), and at the end of the slice.
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.do(() => {
    progress();
    for (let i = 0; i < 5; i++) console.log('again');
    console.log('other');
    console.log('other');
    progress();
    console.warn('other');
    console.log('last');
    console.log('last');
    console.log('last');
    return 1;
  });
  job.on('console', (event) => console.log(event.level, event.message.join(' '), 'same' in event ? `x${event.same}` : ''));
  await job.exec();
  await new Promise((resolve) => { setTimeout(resolve, 500); });
}

require('dcp-client').init().then(main);
