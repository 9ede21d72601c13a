// Feature: slices of 1.5 MB in and out (transport fragments, staggered uploads)
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const bytes = new Uint8Array(1500000);
  let state = 1;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  const text = 'The quick brown fox jumps over the lazy dog, ö. '.repeat(31250);
  const work = (datum) => {
    progress();
    return typeof datum === 'string' ? datum.toUpperCase() : datum.map((each) => 255 - each);
  };
  const results = await compute.for([bytes, text, 'small'], work).exec();
  console.log(results[0].length, results[0].every((each, i) => each === 255 - bytes[i]));
  console.log(results[1].length, results[1] === text.toUpperCase());
  console.log(results[2]);
}

require('dcp-client').init().then(main);
