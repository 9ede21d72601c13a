"""The JavaScript functions that plain programs call: memory, exact integers, floats, vectors.

Only those used are written.

Addresses are numbers; `memory` is a DataView of all of linear memory, which is little-endian.
"""

import re
from collections.abc import Iterable
from typing import Final

_TEXT: Final = r"""
const loadInt8 = (address) => memory.getInt8(address);
const loadUint8 = (address) => memory.getUint8(address);
const loadInt16 = (address) => memory.getInt16(address, true);
const loadUint16 = (address) => memory.getUint16(address, true);
const loadInt32 = (address) => memory.getInt32(address, true);
const loadUint32 = (address) => memory.getUint32(address, true);
const loadInt64 = (address) => memory.getBigInt64(address, true);
const loadUint64 = (address) => memory.getBigUint64(address, true);
const loadFloat32 = (address) => memory.getFloat32(address, true);
const loadFloat64 = (address) => memory.getFloat64(address, true);
const loadBool = (address) => (memory.getUint8(address) & 1) === 1;
const loadPointer = (address) => memory.getUint32(address, true);
const storeInt8 = (address, value) => memory.setInt8(address, value);
const storeUint8 = (address, value) => memory.setUint8(address, value);
const storeInt16 = (address, value) => memory.setInt16(address, value, true);
const storeUint16 = (address, value) => memory.setUint16(address, value, true);
const storeInt32 = (address, value) => memory.setInt32(address, value, true);
const storeUint32 = (address, value) => memory.setUint32(address, value, true);
const storeInt64 = (address, value) => memory.setBigInt64(address, value, true);
const storeUint64 = (address, value) => memory.setBigUint64(address, value, true);
const storeFloat32 = (address, value) => memory.setFloat32(address, value, true);
const storeFloat64 = (address, value) => memory.setFloat64(address, value, true);
const storeBool = (address, value) => memory.setUint8(address, value ? 1 : 0);
const storePointer = (address, value) => memory.setUint32(address, value, true);
/** Store an exact number as a 64-bit integer. */
const storeWhole = (address, value) => {
  memory.setInt32(address + 4, Math.floor(value / 4294967296), true);
  memory.setInt32(address, value, true);
};
/** The length or capacity of a list, which is shorter than memory. */
const loadLength = (address) => {
  if (memory.getInt32(address + 4, true) !== 0) throw new Trap("a list that is longer than memory");
  return memory.getUint32(address, true);
};
/** The address of `list[index]`, which must lie within the list; `index` may be a number or a BigInt. */
const element = (list, index, size, line, column, file = programFile) => {
  const length = loadLength(list + LENGTH);
  if (index < 0 || index >= length) outside(index, length, file, line, column);
  return memory.getUint32(list + DATA, true) + Number(index) * size;
};
/** Fill with zero; gives the address. */
const zeroed = (address, size) => {
  clear(address, size);
  return address;
};
const clear = (address, size) => {
  const stop = checked(address, size);
  let place = address;
  if (size <= 128) {
    for (; place + 8 <= stop; place += 8) memory.setFloat64(place, 0, true);
    for (; place < stop; place += 1) bytes[place] = 0;
  } else {
    bytes.fill(0, place, stop);
  }
};
/** Copy between places that do not overlap, or are the same. */
const copy = (source, target, size) => {
  checked(target, size);
  const stop = checked(source, size);
  let place = source;
  if (size <= 128) {
    const distance = target - source;
    for (; place + 4 <= stop; place += 4) {
      memory.setInt32(place + distance, memory.getInt32(place, true), true);
    }
    for (; place < stop; place += 1) bytes[place + distance] = bytes[place];
  } else {
    bytes.copyWithin(target, source, stop);
  }
};
const copyBytes = (target, source, size) => {
  if (size <= 32 && (target <= source || target >= source + size)) {
    checked(target, size);
    checked(source, size);
    for (let done = 0; done < size; done += 1) bytes[target + done] = bytes[source + done];
  } else {
    checked(target, size);
    bytes.copyWithin(target, source, checked(source, size));
  }
};
/** Copy, and leave the source empty. */
const move = (source, target, size) => {
  copy(source, target, size);
  clear(source, size);
};
/** Destroy a value, and leave its place empty. */
const drop = (destroy, address, size) => {
  destroy(address);
  clear(address, size);
};
const fill = (address, value, size) => bytes.fill(value, address, checked(address, size));
const checked = (address, size) => {
  if (address + size > bytes.length) throw new Trap("memory access out of bounds");
  return address + size;
};
/** Take a stretch of the stack for a function's aggregates. */
const enter = (size) => {
  const frame = stack;
  stack += size;
  if (stack > STACK_STOP) throw new Trap("the stack is full");
  return frame;
};
/** The address of the index-th element behind a pointer. */
const offset = (pointer, index, size) => (pointer + (index | 0) * size) >>> 0;
const offsetBig = (pointer, index, size) => (pointer + Number(BigInt.asIntN(32, index)) * size) >>> 0;
const address = (value) => Number(BigInt.asUintN(32, value));
const size32 = (value) => Number(BigInt.asUintN(32, BigInt(value)));
const print = (descriptor, start, size) => host.write(descriptor, bytes.slice(start, checked(start, size)));
const exit = (code) => {
  throw new Exit(code);
};
const trap = () => {
  throw new Trap("unreachable");
};
const int64 = (value) => BigInt.asIntN(64, value);
const uint64 = (value) => BigInt.asUintN(64, value);
const int32 = (value) => Number(BigInt.asIntN(32, value));
const uint32 = (value) => Number(BigInt.asUintN(32, value));
const int16 = (value) => Number(BigInt.asIntN(16, value));
const uint16 = (value) => Number(BigInt.asUintN(16, value));
const int8 = (value) => Number(BigInt.asIntN(8, value));
const uint8 = (value) => Number(BigInt.asUintN(8, value));
/** Division that rounds down; by zero it gives zero. */
const floorDiv = (left, right) => {
  if (right === 0) return 0;
  const rest = left % right;
  return (left - rest) / right - (rest !== 0 && rest < 0 !== right < 0 ? 1 : 0) + 0;
};
/** The rest of `floorDiv`: it has the divisor's sign; by zero it is zero. */
const floorMod = (left, right) => {
  if (right === 0) return 0;
  const rest = left % right;
  return (rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest) + 0;
};
/** Division that drops the rest; zero traps. */
const truncDiv = (left, right) => {
  if (right === 0) trap();
  return Math.trunc(left / right) + 0;
};
const floorDivBig = (left, right) => {
  if (right === 0n) return 0n;
  const quotient = left / right;
  const rest = left - quotient * right;
  return rest !== 0n && rest < 0n !== right < 0n ? quotient - 1n : quotient;
};
const floorModBig = (left, right) => {
  if (right === 0n) return 0n;
  const rest = left % right;
  return rest !== 0n && rest < 0n !== right < 0n ? rest + right : rest;
};
const truncDivBig = (left, right) => {
  if (right === 0n) trap();
  return left / right;
};
/** The number of ones among the lowest bits. */
const countOnes = (value, bits) => {
  let count = 0;
  for (let rest = BigInt.asUintN(bits, BigInt(value)); rest !== 0n; rest &= rest - 1n) count += 1;
  return count;
};
const leadingZeros = (value, bits) => {
  const pattern = BigInt.asUintN(bits, BigInt(value));
  const high = Number(pattern >> 32n);
  return bits - (high === 0 ? 32 - Math.clz32(Number(pattern)) : 64 - Math.clz32(high));
};
const trailingZeros = (value, bits) => {
  const pattern = BigInt.asUintN(bits, BigInt(value));
  return pattern === 0n ? bits : bits - 1 - leadingZeros(pattern & -pattern, bits);
};
const bitReverse = (value, bits) => {
  const pattern = BigInt.asUintN(bits, BigInt(value));
  return BigInt("0b" + pattern.toString(2).padStart(bits, "0").split("").reverse().join(""));
};
const byteSwap = (value, bits) => {
  let rest = BigInt.asUintN(bits, BigInt(value));
  let result = 0n;
  for (let count = 0; count < bits; count += 8) {
    result = (result << 8n) | (rest & 255n);
    rest >>= 8n;
  }
  return result;
};
/** The whole part of a float as an integer of some bits, or the nearest one there is; NaN gives zero. */
const saturated = (value, low, high) => {
  if (Number.isNaN(value)) return 0n;
  const bounded = value < Number(low) ? low : value >= Number(high) ? high : BigInt(Math.trunc(value));
  return bounded < low ? low : bounded > high ? high : bounded;
};
const saturatedNumber = (value, low, high) =>
  Number.isNaN(value) ? 0 : Math.max(low, Math.min(high, Math.trunc(value))) + 0;
/** Round an integer once to Float32: more than 53 bits are cut to an odd last bit first. */
const toFloat32 = (value) => {
  if (BigInt.asIntN(54, value) === value) return Math.fround(Number(value));
  const kept = value >> 16n;
  return Math.fround(Number((kept << 16n) === value ? kept : kept | 1n)) * 65536;
};
/** Round to a whole number, halves to the even one. */
const roundEven = (value) => {
  if (!(Math.abs(value) < 4503599627370496)) return value;
  const magic = value < 0 || Object.is(value, -0) ? -4503599627370496 : 4503599627370496;
  const rounded = value + magic - magic;
  return rounded === 0 ? (magic < 0 ? -0 : 0) : rounded;
};
const copySign = (value, sign) => {
  const isNegative = sign < 0 || Object.is(sign, -0);
  const size = Math.abs(value);
  return isNegative ? -size : size;
};
const scratch = new DataView(new ArrayBuffer(8));
const bitsOfFloat64 = (value) => {
  if (Number.isNaN(value)) return 0x7ff8000000000000n;
  scratch.setFloat64(0, value);
  return scratch.getBigUint64(0);
};
const bitsOfFloat32 = (value) => {
  if (Number.isNaN(value)) return 0x7fc00000;
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
};
const float64OfBits = (value) => {
  scratch.setBigUint64(0, value);
  return scratch.getFloat64(0);
};
const float32OfBits = (value) => {
  scratch.setUint32(0, value);
  return scratch.getFloat32(0);
};
/** Vectors are arrays of their lanes, which nobody changes. */
const loadLanes = (load, address, count, size) =>
  Array.from({ length: count }, (_, lane) => load(address + lane * size));
const storeLanes = (store, address, vector, size) =>
  vector.forEach((value, lane) => store(address + lane * size, value));
const splat = (value, count) => new Array(count).fill(value);
const lane = (vector, index) => vector[Number(BigInt.asUintN(32, BigInt(index))) & (vector.length - 1)];
const withLane = (vector, index, value) => {
  const changed = vector.slice();
  changed[Number(BigInt.asUintN(32, BigInt(index))) & (vector.length - 1)] = value;
  return changed;
};
const shuffle = (left, right, indices) =>
  indices.map((index) => (index < left.length ? left[index] : right[index - left.length]));
const lanes = (vector, compute) => vector.map((value) => compute(value));
const lanes2 = (left, right, compute) => left.map((value, lane) => compute(value, right[lane]));
const chooseLanes = (mask, then, otherwise) => mask.map((isChosen, lane) => (isChosen ? then[lane] : otherwise[lane]));
"""

_DEFINITION: Final = re.compile(
    r"(?:/\*\*[^\n]*\*/\n)?const (\w+) = .*?;\n(?=const|/\*\*|$)", re.DOTALL
)
_WORD: Final = re.compile(r"[A-Za-z_$][\w$]*")


def _definitions() -> dict[str, str]:
    return {found[1]: found[0] for found in _DEFINITION.finditer(_TEXT.lstrip())}


HELPERS: Final = _definitions()
"""Each definition by its name, in an order in which they may stand."""

SHARED: Final = frozenset(
    [
        *(
            "memory",
            "bytes",
            "stack",
            "host",
            "outside",
            "programFile",
            "LENGTH",
            "DATA",
            "STACK_STOP",
            "HEAP_BASE",
        ),
        *(
            "Exit",
            "Trap",
            "RAISED",
            "statics",
            "text",
            "data",
            "run",
            "start",
            "give",
            "packedArguments",
            "isNode",
        ),
    ]
)
"""What the definitions use, and the program's frame provides."""


def used_helpers(texts: Iterable[str]) -> list[str]:
    """Give the definitions that some texts use, and those that these use."""
    waiting = [word for text in texts for word in set(_WORD.findall(text)) if word in HELPERS]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += [word for word in set(_WORD.findall(HELPERS[name])) if word in HELPERS]
    return [text for name, text in HELPERS.items() if name in used]
