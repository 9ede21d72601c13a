"""What is compiled once for all programs: the modules are the same whatever was compiled before."""

from pathlib import Path

import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import run_home

from meshnode.compiler.library import Prelude
from meshnode.compiler.pipeline import compile_program
from meshnode.compiler.program import Program
from meshnode.compiler.wasm.module import link_home
from meshnode.compiler.wasm.object import CodeObject, Data, FunctionCode, LinkError, Relocation

TEXTS = """\
def main():
    var words = List[String]()
    for i in range(40):
        words.append("word " + String(i * i))
    print(words[3], len(words), 1.5)
"""
STRUCTS = """\
@fieldwise_init
struct Point(Copyable, Movable, Writable):
    var x: Float64

    def write_to(self, mut writer: Some[Writer]):
        writer.write("at ", self.x)


def main():
    print(Point(2.5))
    print(String("a") + "b")
"""


def compiled(source: str, library: Prelude) -> Program:
    return compile_program(source, "program.mojo", library)


def fresh() -> Prelude:
    return Prelude(prelude().modules)


def test_what_was_compiled_before_changes_no_module() -> None:
    used = fresh()

    first = [compiled(source, used) for source in (TEXTS, STRUCTS, TEXTS)]

    assert first[0] == first[2] == compiled(TEXTS, fresh())
    assert first[1] == compiled(STRUCTS, fresh())


def test_units_that_were_kept_give_the_same_module() -> None:
    used = fresh()
    program = compiled(TEXTS, used)
    again = Prelude(prelude().modules, used.units.encoded)

    assert compiled(TEXTS, again) == program
    assert again.units.encoded == used.units.encoded


def test_what_calls_the_programs_functions_is_no_unit() -> None:
    """Else two programs that differ there alone would get new units each."""
    used = fresh()
    outcome = run_home(compiled(STRUCTS, used).home)
    known = set(used.units.encoded)

    changed = run_home(compiled(STRUCTS.replace('"at "', '"near "'), used).home)

    assert (outcome.stdout, changed.stdout) == (b"at 2.5\nab\n", b"near 2.5\nab\n")
    assert set(used.units.encoded) == known


def test_units_are_most_of_a_small_program() -> None:
    used = fresh()
    compiled(TEXTS, used)
    known = len(used.units.encoded)

    compiled('def main():\n    print("another", 7)\n', used)

    assert known > 20
    assert len(used.units.encoded) == known


VOID = b"\x60\0\0"
CALL, END = b"\x10", b"\x0b"
PADDED = b"\x80\x80\x80\x80\0"


def function(name: str, *callees: str, is_local: bool = False) -> FunctionCode:
    relocations = tuple(
        Relocation(0, 2 + index * 6, callee) for index, callee in enumerate(callees)
    )
    body = b"\0" + (CALL + PADDED) * len(callees) + END
    return FunctionCode(name, is_local, VOID, body, relocations)


def code(*functions: FunctionCode, exported: str = "") -> CodeObject:
    data = (Data("cells", 16, bytes(192), ()),) if exported else ()
    return CodeObject(functions, data, {}, ((exported, exported),) if exported else ())


def test_only_what_is_reached_is_linked() -> None:
    program = code(function("run", "used"), function("unreached"), exported="run")
    library = {"used": code(function("used"), function("left out")), "other": code()}

    linked = link_home(program, library)

    assert b"used" in linked
    assert b"unreached" not in linked
    assert b"left out" not in linked


def test_objects_may_have_functions_of_the_same_name_to_themselves() -> None:
    inner = function("inner", is_local=True)
    program = code(function("run", "inner", "used"), inner, exported="run")
    library = {"used": code(function("used", "inner"), inner)}

    assert link_home(program, library).count(b"\5inner") == 2


def test_what_nobody_offers_is_refused() -> None:
    with pytest.raises(LinkError, match="missing"):
        link_home(code(function("run", "missing"), exported="run"), {})


def test_every_kernel_is_linked_from_units() -> None:
    path = Path(__file__).parents[2] / "examples" / "kernels" / "collatz.mojo"
    used = fresh()
    assert compiled(path.read_text(), used).slice
    assert used.units.encoded
