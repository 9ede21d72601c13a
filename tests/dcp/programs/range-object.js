// Feature: range objects: plain, of the class, with a step, in groups
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const { RangeObject } = require('dcp/range-object');
  const work = (x) => { progress(); return Array.isArray(x) ? x.map((each) => -each) : -x; };
  for (const range of [
    { start: 10, end: 13, step: 2 },
    { start: 1, end: 3 },
    new RangeObject(2, 8, 3),
    new RangeObject(1, 9, 3, 2),
  ]) {
    console.log(JSON.stringify(Array.from(await compute.for(range, work).exec())));
  }
}

require('dcp-client').init().then(main);
