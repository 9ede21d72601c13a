// Feature: exec of the same handle again is refused by the client
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for([1, 2], (x) => { progress(); return x; });
  console.log(Array.from(await job.exec()));
  await job.exec().catch((error) => console.log(error.message.replace(job.id, '…')));
}

require('dcp-client').init().then(main);
