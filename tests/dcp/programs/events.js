// Feature: events: readystatechange, accepted, result, resultsUpdated, status, complete, stopped
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 4, (x) => { progress(); return x * 10; });
  const states = [];
  const seen = {};
  let status;
  job.on('readyStateChange', (state) => states.push(state));
  job.on('accepted', (accepted) => console.log('accepted', accepted.id === job.id, job.id.length, Boolean(job.address)));
  job.on('result', (event) => { seen[event.sliceNumber] = `${event.job === job.id} ${event.result}`; });
  job.on('status', (event) => { status = event; });
  job.on('complete', (results) => console.log('complete', Array.from(results)));
  job.on('stopped', (runStatus) => console.log('stopped', runStatus));
  const results = await job.exec();
  console.log(states.join(' '));
  console.log(JSON.stringify(seen));
  console.log(Array.from(results));
  console.log(status.job === job.id, status.total, status.computed, typeof status.distributed, typeof status.runStatus);
}

require('dcp-client').init().then(main);
