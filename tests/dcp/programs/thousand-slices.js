// Feature: jobs of 1,000 slices, of a range and of an array
'use strict';

async function main() {
  const compute = require('dcp/compute');
  let count = 0;
  const ranged = compute.for(1, 1000, (x) => { progress(); return x * x; });
  ranged.on('result', () => { count++; });
  const squares = await ranged.exec();
  console.log(squares.length, squares.reduce((sum, each) => sum + each, 0), count);

  const texts = Array.from({ length: 1000 }, (_, i) => `text ${i}`);
  const results = await compute.for(texts, (text) => { progress(); return `${text}!`; }).exec();
  console.log(results.length, Array.from(results).every((each, i) => each === `text ${i}!`));
}

require('dcp-client').init().then(main);
