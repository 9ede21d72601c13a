// Feature: WebAssembly bytes as an argument, with imports and memory
'use strict';

// (module (import "host" "twice" (func (param i32) (result i32))) (memory (export "memory") 1)
//   (func (export "run") (param i32) (i32.store8 (i32.const 0) (call 0 (local.get 0)))))
const BYTES = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 10, 2, 96, 1, 127, 1, 127, 96, 1, 127, 0, 2, 14, 1, 4, 104, 111, 115, 116, 5, 116,
  119, 105, 99, 101, 0, 0, 3, 2, 1, 1, 5, 3, 1, 0, 1, 7, 16, 2, 6, 109, 101, 109, 111, 114, 121, 2, 0, 3, 114, 117, 110,
  0, 1, 10, 13, 1, 11, 0, 65, 0, 32, 0, 16, 0, 58, 0, 0, 11,
]);

async function main() {
  const compute = require('dcp/compute');
  const work = async (x, bytes) => {
    progress();
    const { instance } = await WebAssembly.instantiate(bytes, { host: { twice: (value) => value * 2 } });
    instance.exports.run(x);
    return new Uint8Array(instance.exports.memory.buffer, 0, 2).slice();
  };
  const results = await compute.for(1, 3, work, [BYTES]).exec();
  for (const result of results) console.log(result.length, result[0], result[1]);
}

require('dcp-client').init().then(main);
