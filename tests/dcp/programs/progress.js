// Feature: progress() in all its forms
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const work = (value) => [progress(value), progress(), progress(1)];
  const results = await compute.for([undefined, 0, 0.5, 1, '50%', '100%', 'much', -1, 2], work).exec();
  for (const line of results) console.log(line.join(' '));
}

require('dcp-client').init().then(main);
