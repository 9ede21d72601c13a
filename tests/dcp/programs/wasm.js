// Feature: WebAssembly in the work function, its bytes in the source
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const work = async (x, y) => {
    progress();
    const bytes = new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0,
      10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11,
    ]);
    const { instance } = await WebAssembly.instantiate(bytes);
    const compiled = await WebAssembly.compile(bytes);
    const second = await WebAssembly.instantiate(compiled, {});
    const third = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return [instance, second, third].map((each) => each.exports.add(x, y)).concat(WebAssembly.validate(bytes)).join(' ');
  };
  console.log(Array.from(await compute.for(1, 3, work, [41]).exec()));
}

require('dcp-client').init().then(main);
