// Feature: jobs that end before the client has finished deploying them are heard of
// The client (5.6.1) loses a stop event that comes before its exec() waits for it; the gateway must repeat it.
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const forbidden = new URL('http://192.0.2.1:9/work.js'); // of an origin from which nothing may be fetched
  const ends = await Promise.all(Array.from({ length: 24 }, (_, i) => {
    const work = i % 3 ? forbidden : () => { progress(); throw new Error('at once'); };
    const job = i % 2 ? compute.for([1], work) : compute.for(1, 1, work);
    return job.exec().then(() => 'completed', (error) => typeof error.code);
  }));
  console.log(ends.length, [...new Set(ends)].join(' '));
}

require('dcp-client').init().then(main);
