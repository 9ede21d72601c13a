"""A JavaScript file with the home module inside: runs wherever JavaScript runs, all at home.

The loader implements the imports of the home module: `distribute` answers -1, so that every loop
runs plainly. If the module is metered (as the sandbox prepares it), the loader tells how many
operations a run took: the same number as on every other host.
"""

import base64
import json
from typing import Final

from meshnode.protocol.wasm_binary import PAGE_BYTES

MEMORY_PAGES: Final = 4096
"""256 MiB: programs cannot ask for more, since their memory never grows."""

FAILED_CODE: Final = 1
"""The exit code of a program that trapped."""

_LOADER: Final = r"""// Made by meshnode from @FILE@; runs in Node, in a browser and in workers.
"use strict";
const bytes = Uint8Array.from(atob("@MODULE@"), (character) => character.charCodeAt(0));
const isNode = typeof process !== "undefined" && !!process.versions && !!process.versions.node;
class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}
let lastOperations = null;
/** How many operations the last run took, as a BigInt; null if the module is not metered. */
const operations = () => lastOperations;
/** Run the program; `write(fd, bytes)` gets its output. Returns the exit code. */
function run(args, write, memoryBytes = @MEMORY@) {
  let instance;
  const memory = () => instance.exports.memory.buffer;
  const give = (data) => {
    const address = instance.exports.mesh_alloc(data.length) >>> 0;
    new Uint8Array(memory()).set(data, address);
    return (BigInt(address) << 32n) | BigInt(data.length);
  };
  const packedArgs = () => {
    const encoded = args.map((text) => new TextEncoder().encode(text));
    const size = encoded.reduce((sum, part) => sum + 4 + part.length, 4);
    const data = new Uint8Array(size);
    const view = new DataView(data.buffer);
    view.setUint32(0, encoded.length, true);
    let offset = 4;
    for (const part of encoded) {
      view.setUint32(offset, part.length, true);
      data.set(part, offset + 4);
      offset += 4 + part.length;
    }
    return give(data);
  };
  const mesh = {
    print: (fd, address, length) => {
      const start = address >>> 0;
      write(fd, new Uint8Array(memory()).slice(start, start + length));
    },
    exit: (code) => { throw new Exit(code); },
    args: packedArgs,
    time: () => BigInt(Math.round(performance.now() * 1e6)),
    distribute: () => -1,
    next: () => { throw new Error("no loop is distributed here"); },
    close: () => {},
  };
  instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { mesh });
  const counter = instance.exports.mesh_sandbox_operations;
  // A metered module's memory has its final size.
  if (!counter) instance.exports.memory.grow(memoryBytes / 65536 - memory().byteLength / 65536);
  const budget = counter ? counter.value : 0n;
  try {
    instance.exports.mesh_main();
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  } finally {
    lastOperations = counter ? budget - counter.value : null;
  }
}
if (isNode && typeof require !== "undefined" && require.main === module) {
@COMMAND@  if (operations() !== null) console.error(`operations: ${operations()}`);
} else if (typeof module !== "undefined") {
  module.exports = { run, operations };
} else {
  globalThis.meshnodeProgram = { run, operations };
}
"""


_COMMAND: Final = """\
  const fs = require("fs");
  const write = (fd, data) => {
    for (let done = 0; done < data.length; ) {
      try {
        done += fs.writeSync(fd, data, done);
      } catch (error) {
        if (error.code !== "EAGAIN") throw error;
      }
    }
  };
  try {
    process.exitCode = run([@FILE@, ...process.argv.slice(2)], write);
  } catch (error) {
    console.error(`the program was stopped: ${error.message}`);
    process.exitCode = @FAILED@;
  }
"""


def command_text(file: str) -> str:
    """Give the lines that run a program as a command of Node, for a text that has `run`; `file` is argument 0."""
    return _COMMAND.replace("@FAILED@", str(FAILED_CODE)).replace("@FILE@", json.dumps(file))


def loader_text(home: bytes, file: str) -> str:
    """Give the text of a loader for a home module; `file` is argument 0."""
    return (
        _LOADER.replace("@MODULE@", base64.b64encode(home).decode())
        .replace("@MEMORY@", str(MEMORY_PAGES * PAGE_BYTES))
        .replace("@COMMAND@", command_text(file))
    )
