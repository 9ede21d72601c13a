"""What a program's lines cost: the sum is what a run is charged, and each operation has its place."""

from pathlib import Path
from typing import cast

import pytest
from tests.compiler.front_end import prelude

from meshnode.compiler.options import CompileOptions, ModuleText
from meshnode.compiler.pipeline import Form, count_lines, emit
from meshnode.compiler.program import CountedHome
from meshnode.node.checking import ProgramRefusedError
from meshnode.node.control_client import JsonObject
from meshnode.node.cost_command import explain_cost, line_map
from meshnode.node.program_files import ProgramFile
from meshnode.protocol.wasm_binary import PAGE_BYTES
from meshnode.sandbox import (
    ArgsAsked,
    ChildLimits,
    Distribute,
    Exited,
    HomeProcess,
    LineMap,
    home_profile,
)

STEPS = """\
from shapes import area


def steps(start: Int) -> Int:
    var n = start
    var count = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        count += 1
    return count


@fieldwise_init
struct Point(Copyable, Movable, Writable):
    var x: Int

    def write_to(self, mut writer: Some[Writer]):
        writer.write("at ", self.x)


def main() raises:
    var total = 0
    for n in range(1, 3000):
        total += steps(n)
    print(total, Point(7))
    if total > 0:
        raise Error("area", area(total % 7 + 2))
"""
SHAPES = "def area(x: Int) -> Int:\n    var sum = 0\n    for i in range(x):\n        sum += i * x\n    return sum\n"
LOOP_LINE = STEPS.splitlines().index("    while n != 1:") + 2
PRINT_LINE = STEPS.splitlines().index("    print(total, Point(7))") + 1


def run(module: bytes, lines: LineMap | None) -> Exited:
    process = HomeProcess.start(ChildLimits(nice=0))
    try:
        process.run(module, home_profile(1024 * PAGE_BYTES), lines)
        while not isinstance(call := process.receive(), Exited):
            if isinstance(call, Distribute):
                process.reply_run(-1)
            elif isinstance(call, ArgsAsked):
                process.reply_args(["program"])
    finally:
        process.kill()
    return call


def program(source: str) -> ProgramFile:
    modules = (ModuleText("shapes", "shapes.mojo", SHAPES),) if "shapes" in source else ()
    return ProgramFile(Path("program.mojo"), source, CompileOptions(modules))


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> JsonObject:
    return explain_cost(tmp_path_factory.mktemp("node"), program(STEPS), ["7"])


def lines_of(answer: JsonObject) -> dict[tuple[str, int], JsonObject]:
    lines = cast("list[JsonObject]", answer["lines"])
    return {(str(line["file"]), cast("int", line["line"])): line for line in lines}


@pytest.mark.parametrize("name", ["shapes", "strings", "vectors"])
def test_the_counted_module_is_charged_what_the_usual_one_is(name: str) -> None:
    options = CompileOptions()
    source = {
        "shapes": STEPS,
        "strings": 'def main():\n    for i in range(20):\n        print("a" * i, String(i) + "b")\n',
        "vectors": "def main():\n    var a = List[Float64](length=99, fill=1.5)\n    for i in range(99):\n"
        "        a[i] = a[i] * a[i]\n    print(a[7])\n",
    }[name]
    if name == "shapes":
        options = program(STEPS).options
    usual = run(emit(source, "program.mojo", prelude(), Form.WASM, options), None)

    counted = count_lines(source, "program.mojo", prelude(), options).home
    exited = run(counted.module, line_map(counted)[0])

    assert (exited.operations, exited.code) == (usual.operations, usual.code)
    assert usual.costs == ()
    spent = sum(cost.own + cost.called for cost in exited.costs)
    assert 0 <= exited.operations - spent < exited.operations // 20


def test_the_line_that_does_the_work_comes_first(answer: JsonObject) -> None:
    lines = cast("list[JsonObject]", answer["lines"])

    assert lines[0]["file"] == "program.mojo"
    assert lines[0]["line"] in (LOOP_LINE - 1, LOOP_LINE)
    assert cast("float", lines[0]["share"]) > 0.3


def test_library_functions_count_for_the_line_that_calls_them(answer: JsonObject) -> None:
    printing = lines_of(answer)["program.mojo", PRINT_LINE]

    assert cast("int", printing["library"]) > cast("int", printing["operations"]) // 2


def test_modules_of_the_program_have_lines_of_their_own(answer: JsonObject) -> None:
    assert any(file == "shapes.mojo" for file, _ in lines_of(answer))
    assert "shapes.mojo:" in str(answer["text"])


def test_the_end_of_the_program_is_told(answer: JsonObject) -> None:
    assert answer["exit_code"] == 1
    assert answer["trap"] is None
    assert "(exit code 1)" in str(answer["text"])


def test_lines_that_the_mesh_computes_are_marked(answer: JsonObject) -> None:
    assert any(line["mesh"] for line in lines_of(answer).values())
    assert "\nm " in str(answer["text"])


def test_a_trap_leaves_what_was_counted(tmp_path: Path) -> None:
    deeper = "def deeper(n: Int) -> Int:\n    return deeper(n + 1) + deeper(n + 2)\n"
    source = f"{deeper}\n\ndef main():\n    print(deeper(1))\n"

    answer = explain_cost(tmp_path, program(source), [])

    assert answer["trap"] == "call depth"
    assert cast("int", answer["operations"]) > 0


def test_a_wrong_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgramRefusedError, match=r"program\.mojo:2:11"):
        explain_cost(tmp_path, program("def main():\n    print(missing)\n"), [])


def test_instructions_without_a_line_go_with_their_neighbours() -> None:
    rows = {3: ((0, 0, 0), (4, 0, 7), (9, 0, 0), (12, 1, 2)), 5: ((0, 0, 0),)}

    lines, places = line_map(CountedHome(b"", ("a", "b"), rows))

    assert places == [("a", 7), ("b", 2)]
    assert lines.functions == {3: ((0, 0), (4, 0), (9, 0), (12, 1))}
