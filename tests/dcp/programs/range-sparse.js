// Feature: sparse ranges: several ranges one after the other
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const { SparseRangeObject, RangeObject } = require('dcp/range-object');
  const work = (x) => { progress(); return x + 0.5; };

  const plain = compute.for({ sparse: true, ranges: [{ start: 1, end: 3 }, { start: 10, end: 20, step: 5 }] }, work);
  console.log(Array.from(await plain.exec()));

  const ofClass = compute.for(new SparseRangeObject(new RangeObject(1, 2), new RangeObject(1, 3)), work);
  console.log(Array.from(await ofClass.exec()));
}

require('dcp-client').init().then(main);
