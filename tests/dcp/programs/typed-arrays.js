// Feature: typed arrays in and out
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const inputs = [
    new Uint8Array([0, 1, 127, 128, 255]), new Int8Array([-128, 0, 127]), new Uint8ClampedArray([0, 255]),
    new Int16Array([-32768, 32767]), new Uint16Array([0, 65535]), new Int32Array([-2147483648, 2147483647]),
    new Uint32Array([0, 4294967295]), new Float32Array([0.5, -0, Infinity]), new Float64Array([0.1, -0, NaN, 1e300]),
    new Uint8Array(0), new Float64Array(1000),
  ];
  const work = (array) => { progress(); return array.slice().reverse(); };
  const results = await compute.for(inputs, work).exec();
  results.forEach((result) => {
    const name = Object.prototype.toString.call(result).slice(8, -1);
    const shown = Array.from(result).slice(0, 5).map((each) => (Object.is(each, -0) ? '-0' : String(each)));
    console.log(name, result.length, shown.join(' '));
  });
}

require('dcp-client').init().then(main);
