/* The work function of a meshnode loop on DCP: runs one chunk of a slice module (ABI 1) that the
 * sandbox has prepared, and returns what `ChunkOutcome` says of it. It must come to the very numbers
 * of `sandbox/slice_host.py`, for they are compared.
 *
 * Datum: { loop, start, stop, operations }. Whole numbers that may be long travel as decimal texts,
 * bytes on their way in as base 64, which DCP's clients and workers read many times faster than
 * KVIN's typed arrays. Only a chunk that has no result throws, such as one that the host lacks memory
 * or stack for. The third argument's other fields and a fourth argument, the module as it was before,
 * are for schedulers that run modules themselves. */
(datum, prepared, captures, terms) => {
  'use strict';
  progress(0);
  const decode = (text) => {
    const digits = new Uint8Array(128);
    [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((digit, value) => {
      digits[digit.charCodeAt(0)] = value;
    });
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const bytes = new Uint8Array((text.length / 4) * 3 - padding);
    const digit = (at) => digits[text.charCodeAt(at)];
    for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
      const word = (digit(from) << 18) | (digit(from + 1) << 12) | (digit(from + 2) << 6) | digit(from + 3);
      bytes[to] = word >> 16; // writes behind the end do nothing
      bytes[to + 1] = word >> 8;
      bytes[to + 2] = word;
    }
    return bytes;
  };
  const input = decode(captures);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(decode(prepared)), {});
  const { memory, mesh_sandbox_operations: left, mesh_sandbox_depth: depth } = exports;
  const depthMax = depth.value;

  const TRAPS = [
    [/unreachable/i, 'unreachable'],
    [/memory access|out of bounds memory/i, 'out of bounds memory access'],
    [/table index|undefined element|out of bounds call_indirect/i, 'undefined table element'],
    [/signature|indirect call/i, 'indirect call type mismatch'],
    [/unrepresentable in integer range|integer overflow in|truncat|conversion/i, 'invalid conversion to integer'],
    [/result unrepresentable|integer overflow|division overflow/i, 'integer overflow'],
    [/by zero/i, 'integer divide by zero'],
  ];
  /* Engines word a trap differently: name it as the sandbox does. */
  const reasonOf = (error) => {
    if (left.value < 0n) return 'out of operations';
    if (depth.value < 0) return 'call depth';
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    const known = TRAPS.find(([pattern]) => pattern.test(error.message));
    return known ? known[1] : String(error.message);
  };
  const outcome = (iterationsDone, operations, tape, trap) => {
    progress(1);
    return { iterationsDone: String(iterationsDone), operations: String(operations), tape, trap };
  };
  const fault = (reason) => [0n, new Uint8Array(0), reason];

  /* The captures; each chunk starts from the state after they were loaded. */
  let isPlaced = true;
  try {
    const address = exports.mesh_alloc(input.length) >>> 0;
    isPlaced = address + input.length <= memory.buffer.byteLength;
    if (isPlaced) {
      new Uint8Array(memory.buffer).set(input, address);
      exports.mesh_load(address, input.length);
    }
  } catch (error) {
    return outcome(0n, 0n, new Uint8Array(0), `load: ${reasonOf(error)}`);
  }
  if (!isPlaced) {
    return outcome(0n, 0n, new Uint8Array(0), 'load: mesh_alloc gave an address outside of the memory');
  }

  const budget = BigInt(datum.operations);
  left.value = budget;
  depth.value = depthMax;
  let trap = null;
  let packed = null;
  try {
    packed = exports.mesh_chunk(datum.loop, BigInt(datum.start), BigInt(datum.stop));
  } catch (error) {
    trap = reasonOf(error);
  }
  /* After a trap of the machine the counter may be behind: such a chunk costs its whole budget. */
  const isCounted = trap === null || trap === 'unreachable' || trap === 'call depth';
  const operations = isCounted ? budget - left.value : budget;

  /* Iterations done, and where the tape lies: 24 bytes that the module may have made nonsense of. */
  const results = () => {
    const at = exports.mesh_progress.value >>> 0;
    const total = memory.buffer.byteLength;
    if (at + 24 > total) return fault('progress outside of the memory');
    const view = new DataView(memory.buffer);
    const done = view.getBigUint64(at, true);
    let size = view.getBigUint64(at + 8, true);
    let base = view.getBigUint64(at + 16, true);
    if (packed !== null) {
      size = packed & 0xffffffffn;
      base = (packed >> 32n) & 0xffffffffn;
    }
    if (done > BigInt(datum.stop) - BigInt(datum.start)) return fault('more iterations than asked');
    if (size > BigInt(terms.outputBytesMax)) return fault('output too long');
    if (base + size > BigInt(total)) return fault('tape outside of the memory');
    return [done, new Uint8Array(memory.buffer, Number(base), Number(size)).slice(), null];
  };
  const [done, tape, reason] = results();
  return outcome(done, operations, tape, trap === null ? reason : trap);
}
