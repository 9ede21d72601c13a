// Feature: a work function that loops for ever ends with ENOPROGRESS, and another job completes meanwhile
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const endless = compute.for([1], () => { progress(); for (;;); });
  const ended = endless.exec().then(() => 'completed', (error) => error.code);
  const other = compute.for(1, 5, (x) => { progress(); return x; });
  console.log(Array.from(await other.exec()));
  console.log(await ended);
}

require('dcp-client').init().then(main);
