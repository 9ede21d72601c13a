"""Jobs of any language: a slice module of the ABI, made by any compiler, run over its iterations like a program's loop.

The home module that such a job needs is written here: it asks for one loop run and prints each chunk's bytes in order.
"""

from meshnode.compiler import Program
from meshnode.node.options import ModuleRun
from meshnode.protocol.wasm_binary import (
    PAGE_BYTES,
    Export,
    ExternKind,
    Section,
    SectionId,
    ValueType,
    encode_bytes,
    encode_function_import,
    encode_signed,
    encode_unsigned,
    encode_vector,
    write_sections,
)

FAILED = 1
"""Exit code of a job of which a chunk did not do all its iterations."""

_DATA_START = 1024
_MESSAGE = b"a chunk trapped: the module's iterations there were not all done\n"
_NO_RUN = b"the module could not be run: it was refused, or nobody computes it\n"

_I32, _I64 = ValueType.I32, ValueType.I64
_MUTABLE, _CONSTANT = b"\x01", b"\x00"
_END = b"\x0b"
_PRINT, _DISTRIBUTE, _NEXT, _CLOSE, _EXIT, _ALLOC, _MAIN = range(7)
_RUN, _LEFT, _PACKED, _HEAD = range(4)


def module_program(run: ModuleRun) -> Program:
    """Give a slice module with the home module that runs it once over all its iterations."""
    return Program(_home(run), run.content, loops=(), warnings=())


def _home(run: ModuleRun) -> bytes:
    data = run.captures + _MESSAGE + _NO_RUN
    heap = -(-(_DATA_START + len(data)) // 16) * 16
    pages = -(-heap // PAGE_BYTES) + 1
    types = [
        _type((_I32, _I32, _I32)),
        _type((_I32, _I64, _I32, _I32), _I32),
        _type((_I32,), _I64),
        _type((_I32,)),
        _type((_I32,), _I32),
        _type(()),
    ]
    imports = [("print", 0), ("distribute", 1), ("next", 2), ("close", 3), ("exit", 3)]
    exports = [
        Export("memory", ExternKind.MEMORY, 0),
        Export("mesh_abi", ExternKind.GLOBAL, 0),
        Export("mesh_alloc", ExternKind.FUNCTION, _ALLOC),
        Export("mesh_main", ExternKind.FUNCTION, _MAIN),
    ]
    # Each chunk takes the place of the one before it, so that `mesh_alloc` need not remember anything.
    bodies = [_body(b"", _i32(heap)), _body(_LOCALS, _main(run))]
    sections = [
        Section(SectionId.TYPE, encode_vector(types)),
        Section(
            SectionId.IMPORT,
            encode_vector([encode_function_import("mesh", name, t) for name, t in imports]),
        ),
        Section(SectionId.FUNCTION, encode_vector([encode_unsigned(4), encode_unsigned(5)])),
        Section(SectionId.MEMORY, encode_vector([b"\x00" + encode_unsigned(pages)])),
        Section(SectionId.GLOBAL, encode_vector([bytes([_I32]) + _CONSTANT + _i32(1) + _END])),
        Section(SectionId.EXPORT, encode_vector([export.encode() for export in exports])),
        Section(SectionId.CODE, encode_vector(bodies)),
        Section(
            SectionId.DATA,
            encode_vector([b"\x00" + _i32(_DATA_START) + _END + encode_bytes(data)]),
        ),
    ]
    return write_sections(sections)


_LOCALS = b"".join(encode_unsigned(1) + bytes([kind]) for kind in (_I32, _I64, _I64, _I32))


def _main(run: ModuleRun) -> bytes:
    """Write `mesh_main`: distribute, then print chunk after chunk until no iteration is left."""
    message = _DATA_START + len(run.captures)
    refused = _get(_RUN) + _i32(0) + b"\x48\x04\x40"  # i32.lt_s, if
    refused += _print_static(message + len(_MESSAGE), len(_NO_RUN)) + _exit(FAILED) + _END
    tape = _get(_HEAD) + _i32(16) + b"\x6a"  # i32.add
    size = _get(_PACKED) + b"\xa7" + _i32(16) + b"\x6b"  # i32.wrap_i64, i32.sub
    asked = _get(_HEAD) + b"\x29\x03\x00"  # i64.load
    done = _get(_HEAD) + b"\x29\x03\x08"
    loop = b"\x03\x40" + _get(_LEFT) + b"\x50\x45\x04\x40"  # loop, i64.eqz, i32.eqz, if
    loop += _get(_RUN) + _call(_NEXT) + _set(_PACKED)
    loop += _get(_PACKED) + _i64(32) + b"\x88\xa7" + _set(_HEAD)  # i64.shr_u, i32.wrap_i64
    loop += _i32(1) + tape + size + _call(_PRINT)
    loop += asked + done + b"\x52\x04\x40"  # i64.ne, if
    loop += _print_static(message, len(_MESSAGE)) + _exit(FAILED) + _END
    loop += (
        _get(_LEFT) + asked + b"\x7d" + _set(_LEFT) + b"\x0c\x01" + _END + _END
    )  # br to the loop
    start = _i32(run.loop) + _i64(run.iterations) + _i32(_DATA_START) + _i32(len(run.captures))
    start += _call(_DISTRIBUTE) + _set(_RUN) + _i64(run.iterations) + _set(_LEFT)
    return start + refused + loop + _get(_RUN) + _call(_CLOSE)


def _type(parameters: tuple[int, ...], *results: int) -> bytes:
    return b"\x60" + encode_bytes(bytes(parameters)) + encode_bytes(bytes(results))


def _body(groups: bytes, code: bytes) -> bytes:
    return encode_bytes(encode_unsigned(len(groups) // 2) + groups + code + _END)


def _i32(value: int) -> bytes:
    return b"\x41" + encode_signed(value)


def _i64(value: int) -> bytes:
    return b"\x42" + encode_signed(value)


def _get(local: int) -> bytes:
    return b"\x20" + encode_unsigned(local)


def _set(local: int) -> bytes:
    return b"\x21" + encode_unsigned(local)


def _call(function: int) -> bytes:
    return b"\x10" + encode_unsigned(function)


def _print_static(address: int, size: int) -> bytes:
    return _i32(2) + _i32(address) + _i32(size) + _call(_PRINT)


def _exit(code: int) -> bytes:
    return _i32(code) + _call(_EXIT)
