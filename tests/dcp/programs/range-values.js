// Feature: a distribution whose values were drawn in the client
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const { DistributionRange } = require('dcp/range-object');
  const distribution = new DistributionRange(4, 'identity');
  distribution.materialize();
  const job = compute.for(distribution, (x) => { progress(); return x * 11; });
  console.log(Array.from(await job.exec()));
}

require('dcp-client').init().then(main);
