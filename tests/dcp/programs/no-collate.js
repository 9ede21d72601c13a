// Feature: collateResults = false: exec resolves without results, they are fetched when wanted
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 4, (x) => { progress(); return x * 7; });
  job.collateResults = false;
  const results = await job.exec();
  console.log(results.length);
  await results.fetch({ start: 2, end: 3 });
  console.log(Array.from(results), results[1]);
  await results.fetch();
  console.log(Array.from(results));
}

require('dcp-client').init().then(main);
