// Feature: custom events: work.emit in the slice, job.work.on in the program
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 2, (x) => {
    progress();
    work.emit('found', { x, list: [x, x * 2] });
    work.emit('found', `text ${x} ö`);
    work.emit('other', x * 1.5);
    try {
      work.emit(1, 2);
    } catch (error) {
      return error.message;
    }
    return 'no error';
  });
  const found = [];
  job.work.on('found', (event) => {
    found.push(`${event.sliceNumber} ${event.job === job.id} ${event.customEvent} ${JSON.stringify(event.data)}`);
  });
  job.work.on('other', (event) => found.push(`${event.sliceNumber} other ${event.data}`));
  const results = await job.exec();
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  for (const line of found.sort()) console.log(line);
  console.log(results[0]);
}

require('dcp-client').init().then(main);
