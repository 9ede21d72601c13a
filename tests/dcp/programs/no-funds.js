// Feature: an offer below what a slice costs ends with ENOFUNDS
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 3, (x) => { progress(); return x; });
  job.on('nofunds', () => console.log('nofunds event'));
  await job.exec(1e-15).then(() => console.log('completed'), (error) => console.log(error.code));
}

require('dcp-client').init().then(main);
