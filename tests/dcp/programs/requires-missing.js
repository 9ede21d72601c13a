// Feature: a module that nobody has ends the job with an error
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for([1], (x) => { progress(); return require('no-such-package-anywhere/index').value + x; });
  job.requires('no-such-package-anywhere/index');
  await job.exec().then(() => console.log('completed'), (error) => console.log('ended', error instanceof Error));
}

require('dcp-client').init().then(main);
