// Feature: the result handle: values, keys, key, entries, fromEntries, lookupValue, list, fetch, array methods, index
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(['a', 'b', 'c'], (x) => { progress(); return x.codePointAt(0); });
  try {
    console.log(job.results[0]);
  } catch (error) {
    console.log('before:', error.message);
  }
  const results = await job.exec();
  console.log(results === job.results, results.length, results[1], 1 in results, 7 in results);
  console.log(results.values(), results.keys(), results.key(2));
  console.log(results.entries(), results.fromEntries());
  console.log(results.lookupValue('b'));
  try {
    results.lookupValue('z');
  } catch (error) {
    console.log(error.code);
  }
  console.log(results.map((each) => each + 1), results.filter((each) => each > 97), results.slice(1), results.indexOf(99));
  console.log(results.reduce((sum, each) => sum + each, 0), results.includes(98), results.find((each) => each > 97));
  console.log(results);
  console.log(JSON.stringify(results.list().toObject().ranges.map(({ start, end }) => [start, end])));
  try {
    results[0] = 1;
  } catch (error) {
    console.log(error.name);
  }
  results.reset();
  console.log('after reset:', results.length);
  await results.fetch([2]);
  console.log('after fetch of one:', results.length, results[1]);
  await results.fetch({ start: 1, end: 3 });
  console.log('after fetch of all:', Array.from(results));
  results.reset();
  await results.fetch();
  console.log('after fetch without a range:', Array.from(results));
}

require('dcp-client').init().then(main);
