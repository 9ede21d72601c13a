"""WebAssembly instructions: mnemonics, immediates, and a decoder that does not validate.

The numbers follow the WebAssembly core specification 2.0, section 5.4, and its index of
instructions. Instructions of later proposals (threads, exceptions, tail calls, relaxed SIMD) are
absent: decoding them raises `WasmFormatError`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, unique

from meshnode.protocol.wasm_binary import Reader, WasmFormatError


@unique
class Immediates(Enum):
    """What follows an opcode."""

    NONE = "none"
    BLOCK = "block"
    """A block type, signed, 33 bits: a negative value type, -64 for none, or a type index."""
    INDEX = "index"
    """One index (local, global, function, label, table, data, element)."""
    INDEX2 = "index2"
    """Two indices."""
    LABELS = "labels"
    """br_table's labels, the default last."""
    MEMORY = "memory"
    """Alignment exponent and offset."""
    ZERO = "zero"
    """A memory index that must be 0."""
    ZERO2 = "zero2"
    """Two memory indices that must be 0."""
    INDEX_ZERO = "index_zero"
    """An index and a memory index (memory.init)."""
    TYPES = "types"
    """A vector of value types (select)."""
    TYPE = "type"
    """A reference type (ref.null)."""
    I32 = "i32"
    I64 = "i64"
    F32 = "f32"
    F64 = "f64"
    LANE = "lane"
    """A lane index."""
    MEMORY_LANE = "memory_lane"
    """Alignment exponent, offset and lane index."""
    BYTES16 = "bytes16"
    """Sixteen bytes: v128.const, i8x16.shuffle."""


@dataclass(frozen=True, slots=True)
class Opcode:
    """One instruction of the format."""

    number: int
    """One byte, or prefix << 16 | number for those behind the prefixes 0xFC and 0xFD."""
    mnemonic: str
    immediates: Immediates


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction in a function's body."""

    start: int
    """Offset of its first byte in the bytes that were read."""
    stop: int
    """Offset behind its last byte."""
    opcode: Opcode
    values: tuple[int, ...]
    """Immediates as integers; floats as their bits; 16 bytes as one little-endian number."""


_MVP = {
    0x00: "unreachable nop block:block loop:block if:block else",
    0x0B: "end br:index br_if:index br_table:labels return call:index call_indirect:index2",
    0x1A: "drop select select:types",
    0x20: (
        "local.get:index local.set:index local.tee:index global.get:index global.set:index"
        " table.get:index table.set:index"
    ),
    0x28: (
        "i32.load:memory i64.load:memory f32.load:memory f64.load:memory i32.load8_s:memory"
        " i32.load8_u:memory i32.load16_s:memory i32.load16_u:memory i64.load8_s:memory"
        " i64.load8_u:memory i64.load16_s:memory i64.load16_u:memory i64.load32_s:memory"
        " i64.load32_u:memory i32.store:memory i64.store:memory f32.store:memory"
        " f64.store:memory i32.store8:memory i32.store16:memory i64.store8:memory"
        " i64.store16:memory i64.store32:memory memory.size:zero memory.grow:zero"
        " i32.const:i32 i64.const:i64 f32.const:f32 f64.const:f64"
    ),
    0x45: (
        "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s"
        " i32.ge_u i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u"
        " i64.ge_s i64.ge_u f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt"
        " f64.gt f64.le f64.ge i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s"
        " i32.div_u i32.rem_s i32.rem_u i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u"
        " i32.rotl i32.rotr i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s"
        " i64.div_u i64.rem_s i64.rem_u i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u"
        " i64.rotl i64.rotr f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt"
        " f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign f64.abs f64.neg"
        " f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div"
        " f64.min f64.max f64.copysign i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u"
        " i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s"
        " i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u"
        " f32.convert_i64_s f32.convert_i64_u f32.demote_f64 f64.convert_i32_s"
        " f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32"
        " i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64"
        " i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s"
    ),
    0xD0: "ref.null:type ref.is_null ref.func:index",
}

_BULK = {
    0: (
        "i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u"
        " i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u"
        " memory.init:index_zero data.drop:index memory.copy:zero2 memory.fill:zero"
        " table.init:index2 elem.drop:index table.copy:index2 table.grow:index"
        " table.size:index table.fill:index"
    ),
}

_SIMD = {
    0: (
        "v128.load:memory v128.load8x8_s:memory v128.load8x8_u:memory v128.load16x4_s:memory"
        " v128.load16x4_u:memory v128.load32x2_s:memory v128.load32x2_u:memory"
        " v128.load8_splat:memory v128.load16_splat:memory v128.load32_splat:memory"
        " v128.load64_splat:memory v128.store:memory v128.const:bytes16 i8x16.shuffle:bytes16"
        " i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat"
        " f64x2.splat i8x16.extract_lane_s:lane i8x16.extract_lane_u:lane"
        " i8x16.replace_lane:lane i16x8.extract_lane_s:lane i16x8.extract_lane_u:lane"
        " i16x8.replace_lane:lane i32x4.extract_lane:lane i32x4.replace_lane:lane"
        " i64x2.extract_lane:lane i64x2.replace_lane:lane f32x4.extract_lane:lane"
        " f32x4.replace_lane:lane f64x2.extract_lane:lane f64x2.replace_lane:lane i8x16.eq"
        " i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u"
        " i8x16.ge_s i8x16.ge_u i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u"
        " i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u"
        " i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u f32x4.eq f32x4.ne"
        " f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le"
        " f64x2.ge v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true"
        " v128.load8_lane:memory_lane v128.load16_lane:memory_lane"
        " v128.load32_lane:memory_lane v128.load64_lane:memory_lane"
        " v128.store8_lane:memory_lane v128.store16_lane:memory_lane"
        " v128.store32_lane:memory_lane v128.store64_lane:memory_lane v128.load32_zero:memory"
        " v128.load64_zero:memory f32x4.demote_f64x2_zero f64x2.promote_low_f32x4 i8x16.abs"
        " i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s"
        " i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest i8x16.shl"
        " i8x16.shr_s i8x16.shr_u i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub"
        " i8x16.sub_sat_s i8x16.sub_sat_u f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u"
        " i8x16.max_s i8x16.max_u f64x2.trunc i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s"
        " i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s"
        " i32x4.extadd_pairwise_i16x8_u i16x8.abs i16x8.neg i16x8.q15mulr_sat_s i16x8.all_true"
        " i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u i16x8.extend_low_i8x16_s"
        " i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u"
        " i16x8.shl i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s i16x8.add_sat_u"
        " i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest i16x8.mul i16x8.min_s"
        " i16x8.min_u i16x8.max_s i16x8.max_u"
    ),
    0x9B: (
        "i16x8.avgr_u i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s"
        " i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u i32x4.abs i32x4.neg"
    ),
    0xA3: "i32x4.all_true i32x4.bitmask",
    0xA7: (
        "i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u"
        " i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add"
    ),
    0xB1: "i32x4.sub",
    0xB5: "i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s",
    0xBC: (
        "i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u"
        " i32x4.extmul_high_i16x8_u i64x2.abs i64x2.neg"
    ),
    0xC3: "i64x2.all_true i64x2.bitmask",
    0xC7: (
        "i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u"
        " i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add"
    ),
    0xD1: "i64x2.sub",
    0xD5: (
        "i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s"
        " i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u"
        " i64x2.extmul_high_i32x4_u f32x4.abs f32x4.neg"
    ),
    0xE3: (
        "f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin"
        " f32x4.pmax f64x2.abs f64x2.neg"
    ),
    0xEF: (
        "f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin"
        " f64x2.pmax i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s"
        " f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero"
        " f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u"
    ),
}


def _table(prefix: int, rows: Mapping[int, str]) -> dict[int, Opcode]:
    opcodes = {}
    for first, words in rows.items():
        for number, word in enumerate(words.split(), first | prefix << 16):
            mnemonic, _, immediates = word.partition(":")
            opcodes[number] = Opcode(number, mnemonic, Immediates(immediates or "none"))
    return opcodes


OPCODES: Mapping[int, Opcode] = _table(0, _MVP) | _table(0xFC, _BULK) | _table(0xFD, _SIMD)
"""All instructions by number."""

OPCODE_BY_MNEMONIC: Mapping[str, Opcode] = {
    opcode.mnemonic: opcode
    for opcode in OPCODES.values()
    if opcode.immediates is not Immediates.TYPES
}
"""All instructions by mnemonic; `select` is the one without types."""


def read_instruction(reader: Reader) -> Instruction:
    """Read one instruction.

    Raises WasmFormatError if it is unknown.
    """
    start = reader.position
    number = reader.byte()
    if number in (0xFC, 0xFD):
        number = number << 16 | reader.unsigned()
    opcode = OPCODES.get(number)
    if opcode is None:
        raise WasmFormatError(f"unsupported instruction {number:#x} at offset {start}")
    values = _read_immediates(reader, opcode.immediates)
    return Instruction(start, reader.position, opcode, values)


def read_instructions(reader: Reader) -> Iterator[Instruction]:
    """Read instructions to the end of the reader's range (a function's body behind its locals)."""
    while not reader.is_at_end:
        yield read_instruction(reader)


def _read_immediates(reader: Reader, kind: Immediates) -> tuple[int, ...]:  # noqa: C901, PLR0911, PLR0912 (a table)
    match kind:
        case Immediates.NONE:
            return ()
        case Immediates.INDEX | Immediates.ZERO:
            return (reader.unsigned(),)
        case Immediates.INDEX2 | Immediates.ZERO2 | Immediates.INDEX_ZERO | Immediates.MEMORY:
            return (reader.unsigned(), reader.unsigned())
        case Immediates.BLOCK:
            return (reader.signed(33),)
        case Immediates.I32:
            return (reader.signed(32),)
        case Immediates.I64:
            return (reader.signed(64),)
        case Immediates.F32:
            return (int.from_bytes(reader.take(4), "little"),)
        case Immediates.F64:
            return (int.from_bytes(reader.take(8), "little"),)
        case Immediates.LANE | Immediates.TYPE:
            return (reader.byte(),)
        case Immediates.MEMORY_LANE:
            return (reader.unsigned(), reader.unsigned(), reader.byte())
        case Immediates.BYTES16:
            return (int.from_bytes(reader.take(16), "little"),)
        case Immediates.TYPES:
            return tuple(reader.sized_bytes())
        case Immediates.LABELS:
            return (*reader.vector(Reader.unsigned), reader.unsigned())
