// Feature: a job without slices completes
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const results = await compute.for([], (x) => { progress(); return x; }).exec();
  console.log(results.length, Array.from(results));
}

require('dcp-client').init().then(main);
