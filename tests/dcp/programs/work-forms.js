// Feature: the work function as text, named function, async text; generators as input
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const jobs = [
    compute.for([1, 2], '(x) => { progress(); return x + 1; }'),
    compute.for([1, 2], 'async function work(x, y) { progress(); return x * y; }', [5]),
    compute.for([1, 2], function named(x) { progress(); return named.name + x; }),
    compute.for((function* () { yield 'a'; yield 'b'; })(), (x) => { progress(1); return x + x; }),
    compute.for(new Set([3, 4]), (x) => { progress('100%'); return x; }),
    compute.for([1], '/* a comment first */ (x) => { progress(); /* and last */ return "commented"; }'),
  ];
  for (const job of jobs) console.log(Array.from(await job.exec()));
}

require('dcp-client').init().then(main);
