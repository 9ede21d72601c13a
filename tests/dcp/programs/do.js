// Feature: compute.do: once, and n times with the values 0 to n-1
'use strict';

async function main() {
  const compute = require('dcp/compute');

  const once = compute.do((x) => { progress(); return `once, with ${x}`; });
  console.log(Array.from(await once.exec()));

  const often = compute.do(4, (x, plus) => { progress('50%'); return x + plus; }, [100]);
  console.log(Array.from(await often.exec()));
}

require('dcp-client').init().then(main);
