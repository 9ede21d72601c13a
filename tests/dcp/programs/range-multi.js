// Feature: multi-dimensional ranges; the last range moves fastest
// The work function gets the tuple as one argument. What the client's comment says, compute.for([{…}, {…}], (i, j) => …),
// does not work in 5.6.1: an array of ranges is taken for an array of values.
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const { MultiRangeObject } = require('dcp/range-object');
  const work = (tuple) => { progress(); return tuple.join('|'); };

  const plain = compute.for({ ranges: [{ start: 1, end: 2 }, { start: 3, end: 5 }] }, work);
  console.log(Array.from(await plain.exec()).join(' '));

  const mixed = compute.for(new MultiRangeObject([{ start: 0, end: 4, step: 2 }, ['a', 'b'], { start: 9, end: 8 }]), work);
  const results = await mixed.exec();
  console.log(results.length, results[0], results[5], results[11]);
}

require('dcp-client').init().then(main);
