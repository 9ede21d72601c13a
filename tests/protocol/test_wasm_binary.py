import contextlib

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from meshnode.protocol.wasm_binary import (
    MAGIC,
    Export,
    ExternKind,
    FunctionType,
    GlobalType,
    Limits,
    Reader,
    Section,
    SectionId,
    ValueType,
    WasmFormatError,
    encode_signed,
    encode_unsigned,
    read_export,
    read_function_type,
    read_global_type,
    read_import,
    read_limits,
    read_sections,
    write_sections,
)
from meshnode.protocol.wasm_opcodes import OPCODE_BY_MNEMONIC, read_instructions

SAMPLE = """(module
  (import "mesh" "print" (func (param i32 i32 i32)))
  (memory 1 2)
  (global (mut i32) (i32.const -5))
  (func (export "f") (param i64 f64) (result i64) (local v128)
    (block (loop (br_if 1 (i64.eqz (local.get 0))) (br 0)))
    (local.set 2 (v128.const i32x4 1 2 3 4))
    (local.set 2 (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get 2) (local.get 2)))
    (drop (f64x2.add (local.get 2) (v128.load offset=16 (i32.const 0))))
    (drop (v128.load64_lane offset=3 1 (i32.const 0) (local.get 2)))
    (memory.copy (i32.const 0) (i32.const 1) (i32.const 2))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
    (drop (i64.trunc_sat_f64_s (f64.copysign (local.get 1) (f64.const -nan:0x123))))
    (block (block (br_table 0 1 0 (i32.const 1))))
    (select (i64.const -9223372036854775808) (i64.extend32_s (local.get 0)) (memory.size))))"""


@given(st.integers(0, 2**64 - 1))
def test_unsigned_numbers_read_back(value: int) -> None:
    assert Reader(encode_unsigned(value)).unsigned(64) == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_numbers_read_back(value: int) -> None:
    assert Reader(encode_signed(value)).signed(64) == value


def test_numbers_that_are_too_large_are_refused() -> None:
    for encoded in (b"\xff\xff\xff\xff\x1f", b"\x80\x80\x80\x80\x80\x00"):
        with pytest.raises(WasmFormatError):
            Reader(encoded).unsigned(32)
    with pytest.raises(WasmFormatError):
        Reader(b"\xff\xff\xff\xff\x40").signed(32)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(WasmFormatError):
        for section in read_sections(MAGIC + data):
            for read in (read_import, read_export, read_function_type, read_global_type):
                with contextlib.suppress(WasmFormatError):
                    Reader(section.payload).vector(read)
    with contextlib.suppress(WasmFormatError):
        list(read_instructions(Reader(data)))


@given(st.lists(st.sampled_from(list(SectionId)[1:]), unique=True), st.binary(min_size=1))
def test_sections_read_back(ids: list[SectionId], payload: bytes) -> None:
    order = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]
    sections = tuple(Section(i, payload) for i in sorted(ids, key=order.index))
    assert read_sections(write_sections(sections)) == sections


def test_sections_out_of_order_or_repeated_are_refused() -> None:
    for ids in ((10, 1), (1, 1), (13,)):
        with pytest.raises(WasmFormatError):
            read_sections(write_sections(Section(i, b"\0") for i in ids))


def test_items_read_back() -> None:
    for type_ in (FunctionType((), ()), FunctionType((0x7F, 0x7E), (0x7C,))):
        assert read_function_type(Reader(type_.encode())) == type_
    for limits in (Limits(0, None), Limits(3, 65536)):
        assert read_limits(Reader(limits.encode())) == limits
    global_type = GlobalType(ValueType.I64, is_mutable=True)
    assert read_global_type(Reader(global_type.encode())) == global_type
    export = Export("é", ExternKind.MEMORY, 300)
    assert read_export(Reader(export.encode())) == export


def test_instructions_decode_to_what_was_written() -> None:
    module = bytes(wasmtime.wat2wasm(SAMPLE))
    (code,) = (s.payload for s in read_sections(module) if s.id == SectionId.CODE)
    reader = Reader(code)
    assert reader.unsigned() == 1
    body = Reader(reader.sized_bytes())
    for _ in range(body.unsigned()):
        body.unsigned()
        body.byte()
    instructions = list(read_instructions(body))
    values = {i.opcode.mnemonic: i.values for i in instructions}
    assert values["v128.load"] == (4, 16)
    assert values["v128.load64_lane"] == (3, 3, 1)
    assert values["br_table"] == (0, 1, 0)
    assert values["f64.const"] == (0xFFF0_0000_0000_0123,)
    assert values["v128.const"] == (1 | 2 << 32 | 3 << 64 | 4 << 96,)
    assert values["memory.copy"] == (0, 0)
    assert instructions[-1].opcode is OPCODE_BY_MNEMONIC["end"]
    assert [i.start for i in instructions[1:]] == [i.stop for i in instructions[:-1]]


def test_plain_instructions_have_the_reference_numbers() -> None:
    """Each instruction without immediates is assembled by another program and compared."""
    for opcode in OPCODE_BY_MNEMONIC.values():
        if opcode.immediates.value != "none" or opcode.mnemonic in ("end", "else"):
            continue
        module = bytes(wasmtime.wat2wasm(f"(module (func unreachable {opcode.mnemonic}))"))
        (code,) = (s.payload for s in read_sections(module) if s.id == SectionId.CODE)
        (first, second, last) = list(read_instructions(Reader(code, 3)))
        assert (first.opcode.mnemonic, last.opcode.mnemonic) == ("unreachable", "end")
        assert second.opcode is opcode
