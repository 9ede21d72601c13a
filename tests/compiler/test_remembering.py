"""What is remembered of the library changes no program, whatever the program calls its own things."""

import pytest
from tests.compiler.front_end import FILE, prelude
from tests.golden.catalogue import golden_programs

from meshnode.compiler import ir
from meshnode.compiler.library import Prelude
from meshnode.compiler.pipeline import Form, compile_program, emit
from meshnode.compiler.program import Program

PRINTS = """\
def main() raises:
    var words: List[String] = ["b", "a"]
    sort(words)
    print(words[0], len(words), 1.5)
    var numbers: List[Float64] = [2.5, 1.5]
    sort(numbers)
    print(numbers[0])
    if len(words) > 2:
        raise Error("too many")
"""
COMPUTED = """\
def digits(text: String) -> Int:
    var total = 0
    for byte in text.as_bytes():
        total += Int(byte) - 48
    return total


def main():
    comptime total = digits(String(987) + "6")
    print(total)
"""
OWN_NAMES = """\
@fieldwise_init
struct _Big(Copyable, Movable):
    var x: Float64


def _allocate(count: Int) -> Int:
    return count + 1


def _write_digits(x: Int) -> Int:
    return x * 2


def main():
    var big = _Big(2.5)
    print(_allocate(3), _write_digits(4), big.x, String("text") + "!")
"""
GENERIC = """\
@fieldwise_init
struct Pair[T: Copyable & Movable](Copyable, Movable):
    var left: Self.T
    var right: Self.T


def main():
    var pairs = List[Pair[String]]()
    pairs.append(Pair(String("a"), String("b")))
    for i in range(10):
        pairs.append(pairs[i].copy())
    print(len(pairs), pairs[3].left)
"""
SUITE = """\
from std.testing import TestSuite


def test_nothing() raises:
    pass


def main() raises:
    TestSuite.discover_tests[__functions_in_module()]().run()
"""
AREAS = sorted({golden.name.partition("/")[0] for golden in golden_programs()})
PROGRAMS = (PRINTS, COMPUTED, OWN_NAMES, GENERIC)


def fresh(memory: bytes | None = None) -> Prelude:
    return Prelude(prelude().modules, prelude().units.encoded, memory)


def compiled(source: str, library: Prelude) -> Program:
    program = compile_program(source, FILE, library)
    prelude().units.encoded.update(library.units.encoded)  # for the other tests
    return program


@pytest.fixture(scope="module")
def used() -> Prelude:
    library = fresh()
    for source in PROGRAMS:
        compiled(source, library)
    return library


@pytest.mark.parametrize("source", PROGRAMS, ids=["prints", "computed", "own names", "generic"])
def test_a_program_is_the_same_with_and_without_memory(used: Prelude, source: str) -> None:
    warm = compiled(source, used)
    kept = compiled(source, fresh(used.encode()))
    cold = compiled(source, fresh())

    assert warm == kept == cold
    assert emit(source, FILE, used, Form.WASM) == cold.home


def test_what_a_program_needs_of_the_library_is_remembered(used: Prelude) -> None:
    library = fresh(used.encode())
    known = len(library.memory)

    compiled(PRINTS, library)

    assert len(library.memory) == known
    assert known > 100


def test_what_was_found_out_of_the_library_is_kept_with_it(used: Prelude) -> None:
    library = fresh(used.encode())
    known = library.remembered_count()

    compiled(PRINTS, library)

    assert library.remembered_count() == known == used.remembered_count()
    assert known > 4 * len(library.memory)


def test_nothing_of_a_program_is_remembered(used: Prelude) -> None:
    kept = fresh(used.encode()).memory

    assert not any("Pair" in name for name in kept.structs)
    assert ir.FunctionId("List[Pair[String]].append") not in kept
    assert ir.FunctionId("List[String].append") in kept
    assert ir.FunctionId("digits") not in kept


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_a_golden_program_is_the_same_after_others(area: str, used: Prelude) -> None:
    programs = [golden for golden in golden_programs() if golden.name.startswith(f"{area}/")]

    different = [
        golden.name
        for golden in programs
        if compiled(golden.source, used) != compiled(golden.source, fresh())
    ]

    assert different == []


def test_what_the_library_asks_of_a_program_is_not_remembered() -> None:
    library = fresh()
    compile_program(SUITE, "first.mojo", library)

    second = compile_program(SUITE, "second.mojo", library)

    assert second.home == compile_program(SUITE, "second.mojo", fresh()).home
