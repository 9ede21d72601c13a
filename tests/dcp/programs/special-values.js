// Feature: values beyond JSON, in data and results: undefined, NaN, -0, Infinity, BigInt, Date, Map, Set
// npm kvin 9.0.0 itself writes -0 within arrays and plain objects as 0, and data are uploaded as an array.
'use strict';

function show(value) {
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  switch (kind) {
    case 'Number': return Object.is(value, -0) ? '-0' : String(value);
    case 'BigInt': return `${value}n`;
    case 'Date': return `Date ${value.toISOString()}`;
    case 'Map': return `Map ${JSON.stringify(Array.from(value.entries()))}`;
    case 'Set': return `Set ${JSON.stringify(Array.from(value.values()))}`;
    case 'RegExp': return `RegExp ${value}`;
    case 'Error': return `${value.name}: ${value.message}`;
    case 'Array': return `[${value.map(show).join(', ')}]`;
    case 'Object': return `{${Object.entries(value).map(([key, each]) => `${key}: ${show(each)}`).join(', ')}}`;
    default: return String(value);
  }
}

async function main() {
  const compute = require('dcp/compute');
  const inputs = [
    undefined, null, NaN, -0, Infinity, -Infinity, 123456789012345678901234567890n, new Date(86400000),
    new Map([['a', 1], ['b', [2]]]), new Set([1, 'x']), [undefined, NaN, -0], { u: undefined, n: null, d: new Date(0) },
  ];
  const echoed = await compute.for(inputs, (datum) => { progress(); return datum; }).exec();
  for (const value of echoed) console.log(show(value));

  console.log('made by the work function:');
  const made = await compute.for(0, 6, (i) => {
    progress();
    switch (i) {
      case 0: return undefined;
      case 1: return new Date(1000);
      case 2: return new Map([[1, { x: 2 }]]);
      case 3: return -0;
      case 4: return 2n ** 70n;
      case 5: return new Set(['s']);
      default: return [NaN, undefined, null];
    }
  }).exec();
  for (const value of made) console.log(show(value));
}

require('dcp-client').init().then(main);
