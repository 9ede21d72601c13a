// Feature: async work functions, promises, queueMicrotask
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const work = async (x) => {
    progress();
    const steps = [];
    queueMicrotask(() => steps.push('microtask'));
    await null;
    steps.push('after await');
    const values = await Promise.all([x, Promise.resolve(x * 2), new Promise((resolve) => { setTimeout(resolve, 10, x * 3); })]);
    for await (const each of (async function* () { yield 'yielded'; })()) steps.push(each);
    return `${values} ${steps.join(', ')}`;
  };
  for (const line of await compute.for(1, 3, work).exec()) console.log(line);

  const promised = compute.for([1], (x) => { progress(); return new Promise((resolve) => resolve({ x })); });
  console.log(Array.from(await promised.exec()));
}

require('dcp-client').init().then(main);
