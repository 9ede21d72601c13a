// Feature: every way to fail ends the job: thrown texts, rejected promises, syntax errors, missing names, deep recursion
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const works = {
    'thrown text': (x) => { progress(); throw 'only text'; },
    'thrown undefined': () => { progress(); throw undefined; },
    'rejected promise': async () => { progress(); await null; throw new Error('later'); },
    'no such name': () => { progress(); return noSuchName; },
    'recursion': () => { progress(); const again = () => again() + 1; return again(); },
    'no function': '42',
    'syntax error': '(x) => { progress(); return x +; }',
  };
  await Promise.all(Object.entries(works).map(async ([name, work]) => {
    const job = compute.for([1], work);
    let events = 0;
    job.on('error', () => { events++; });
    try {
      await job.exec();
      works[name] = 'completed';
    } catch (error) {
      await new Promise((resolve) => { setTimeout(resolve, 500); });
      works[name] = `${error.code}, ${events > 0 ? 'with' : 'without'} error events`;
    }
  }));
  for (const [name, end] of Object.entries(works)) console.log(`${name}: ${end}`);
}

require('dcp-client').init().then(main);
