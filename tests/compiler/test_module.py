import pytest
import wasmtime
from tests.compiler.build_ir import (
    BYTES,
    SPAN,
    UNITS,
    computing,
    function,
    home_of,
    load,
    module,
    number,
    print_text,
)
from tests.compiler.host import run_home

from meshnode.compiler import ir
from meshnode.compiler.javascript.loader import loader_text
from meshnode.compiler.llvm.lower import lower_home
from meshnode.compiler.llvm.optimise import LlvmError, optimise
from meshnode.compiler.llvm.runtime import RUNTIME
from meshnode.compiler.llvm.units import slice_module
from meshnode.compiler.runtime import PROGRESS_CELL
from meshnode.compiler.wasm.module import DATA_BASE, link_home, link_slice
from meshnode.compiler.wasm.object import LinkError, read_object
from meshnode.compiler.wasm.wat import wat_text
from meshnode.protocol.wasm_binary import read_sections

HELLO = module(function("main", [], print_text(b"hello\n")))
WIDE = """
define void @divide(i64 %a, i64 %b) "wasm-export-name"="divide" {
  %x = zext i64 %a to i128
  %y = shl i128 %x, 61
  %wide = add i128 %y, 12345
  %z = zext i64 %b to i128
  %quotient = udiv i128 %wide, %z
  %remainder = urem i128 %wide, %z
  %product = mul i128 %wide, %wide
  store i128 %quotient, ptr inttoptr (i32 2048 to ptr)
  store i128 %remainder, ptr inttoptr (i32 2064 to ptr)
  store i128 %product, ptr inttoptr (i32 2080 to ptr)
  ret void
}
"""


def test_a_linked_module_prints() -> None:
    outcome = run_home(home_of(HELLO))
    assert (outcome.stdout, outcome.exit_code) == (b"hello\n", 0)


def test_wide_arithmetic_is_exact() -> None:
    text = 'target triple = "wasm32-unknown-unknown"\n' + RUNTIME + WIDE
    linked = link_home(read_object(optimise(text).object_bytes), {})
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    exports = wasmtime.Instance(store, wasmtime.Module(engine, linked), []).exports(store)
    divide, memory = exports["divide"], exports["memory"]
    assert isinstance(divide, wasmtime.Func)
    assert isinstance(memory, wasmtime.Memory)
    for a, b in ((1, 1), (2**63 - 1, 7), (123456789, 987654321987), (5, 2**62 + 1)):
        divide(store, a, b)
        wide = (a << 61) + 12345
        words = memory.read(store, 2048, 2096)
        results = [int.from_bytes(words[i : i + 16], "little") for i in (0, 16, 32)]
        assert results == [wide // b, wide % b, wide * wide % 2**128]


def test_a_slice_module_has_no_imports_and_tells_its_progress() -> None:
    fill = ir.Perform(None, "host_print", (number(1), ir.StaticBytes(b"x"), number(1)), SPAN)
    main = function("main", [], fill)
    linked = slice_module(module(main), UNITS)
    compiled = wasmtime.Module(wasmtime.Engine(), linked)
    assert not compiled.imports
    assert {export.name for export in compiled.exports} >= {"memory", "mesh_abi", "mesh_progress"}


def test_the_progress_global_is_the_address_of_its_cell() -> None:
    address = ir.Convert(
        ir.Pure("cell", (number(PROGRESS_CELL),), ir.PointerType(ir.UINT)), ir.UINT
    )
    program = module(computing("cell_address", [], address))
    linked = slice_module(program, UNITS)
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    exports = wasmtime.Instance(store, wasmtime.Module(engine, linked), []).exports(store)
    cell_address, progress = exports["cell_address"], exports["mesh_progress"]
    assert isinstance(cell_address, wasmtime.Func)
    assert isinstance(progress, wasmtime.Global)
    assert cell_address(store) == progress.value(store)


def test_data_lies_above_the_stack_and_the_heap_above_data() -> None:
    text = ir.Convert(ir.StaticBytes(b"some bytes"), ir.UINT)
    heap = ir.Pure("heap_base", (), ir.UINT)
    program = module(computing("text", [], text), computing("heap", [], heap))
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    compiled = wasmtime.Module(engine, home_of(program))
    exports = wasmtime.Instance(store, compiled, []).exports(store)
    text_function, heap_function, memory = exports["text"], exports["heap"], exports["memory"]
    assert isinstance(text_function, wasmtime.Func)
    assert isinstance(heap_function, wasmtime.Func)
    assert isinstance(memory, wasmtime.Memory)
    address, base = text_function(store), heap_function(store)
    assert DATA_BASE <= address <= base - 10
    assert base % 16 == 0
    assert memory.read(store, address, address + 10) == b"some bytes"


def test_an_undefined_function_is_refused() -> None:
    text = """target triple = "wasm32-unknown-unknown"
    declare double @sin(double)
    define double @f(double %x) "wasm-export-name"="f" {
      %y = call double @sin(double %x)
      ret double %y
    }"""
    with pytest.raises(LinkError, match="sin"):
        link_home(read_object(optimise(text).object_bytes), {})


def test_a_host_call_in_a_slice_is_refused_by_the_linker() -> None:
    with pytest.raises(LinkError, match="print"):
        link_slice(read_object(optimise(lower_home(HELLO)).object_bytes), {})


def test_malformed_text_is_an_error_and_no_crash() -> None:
    with pytest.raises(LlvmError):
        optimise("define i32 @f() { ret i64 0 }")


def test_wat_reads_back_to_the_same_code() -> None:
    home = home_of(HELLO)
    again = wasmtime.wat2wasm(wat_text(home))
    code = [[s.payload for s in read_sections(m) if s.id == 10] for m in (home, bytes(again))]
    assert len(code[0]) == 1
    assert run_home(bytes(again)).stdout == b"hello\n"


def test_the_javascript_loader_holds_the_module() -> None:
    text = loader_text(home_of(HELLO), 'odd "name".mojo')
    assert '"odd \\"name\\".mojo"' in text
    assert "@MODULE@" not in text


def test_strings_need_no_terminator() -> None:
    program = module(
        function(
            "main",
            [("text", BYTES)],
            print_text(b""),
            print_text(b"a\0b"),
            ir.Assign(ir.LocalPlace(ir.LocalId(0), BYTES), load(0, BYTES), SPAN),
        )
    )
    assert run_home(home_of(program)).stdout == b"a\0b"
