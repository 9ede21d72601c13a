// Feature: nested, shared and cyclic objects in data and results
'use strict';

async function main() {
  const compute = require('dcp/compute');
  let deep = { end: true };
  for (let i = 0; i < 50; i++) deep = { inner: deep, list: [i] };
  const shared = { name: 'shared', when: new Date(0) }; // kvin repeats what is plain JSON instead of sharing it
  const cyclic = { name: 'cyclic' };
  cyclic.self = cyclic;
  const inputs = [deep, { left: shared, right: shared }, cyclic, { '10': 'ten', '2': 'two', b: 1, a: [[], {}, [null]] }, shared];
  const work = (datum) => { progress(); return { datum, again: datum }; };
  const [first, second, third, fourth, fifth] = Array.from(await compute.for(inputs, work).exec());

  let depth = 0;
  for (let at = first.datum; at.inner; at = at.inner) depth++;
  console.log('depth', depth, 'shared', first.datum === first.again);
  console.log('sides', second.datum.left === second.datum.right, second.datum.left.name);
  console.log('cyclic', third.datum.self === third.datum, third.again.self.self.name);
  console.log('keys', JSON.stringify(fourth.datum));
  console.log('across', fifth.datum.name);
}

require('dcp-client').init().then(main);
