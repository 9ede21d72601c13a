"""Loops over closures: `map` and `parallelize` are distributed like the loop that they are written for."""

import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import PretendMesh, chunks_of, run_home

from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.pipeline import compile_program
from meshnode.compiler.program import Program

HEAD = """\
from std.algorithm import map, parallelize


def cost(n: Int) -> Int:
    var total = n
    for k in range(500):
        total = (total * 31 + k) % 65537
    return total


def each[F: def(Int) -> None](n: Int, f: F):
    for i in range(n):
        f(i)


def main():
    var xs = List[Int](length=40, fill=0)
    var sum = 0
    var last = 1

    @__parameter
    def legacy(i: Int):
        xs[i] = cost(i)

    def disjoint(i: Int) {mut xs}:
        xs[i] = cost(i)

    def added(i: Int) {mut sum}:
        sum += cost(i)

    def carried(i: Int) {mut last}:
        last = (last * 7 + cost(i + last)) % 1000

    def shifted(i: Int) {mut xs}:
        xs[(i + 1) % 40] = cost(xs[i])

    def through(i: Int) {mut disjoint}:
        disjoint(i)

"""
TAIL = "    print(xs, sum, last)\n"

DISTRIBUTED = [
    "map(40, disjoint)",
    "map(40, added)",
    "map(40, through)",
    "parallelize(40, disjoint)",
    "parallelize(disjoint, 40)",
    "parallelize(40, 4, added)",
    "parallelize[legacy](40)",
    "parallelize[legacy](40, 4)",
    "for i in range(40): disjoint(i)",
    "for i in range(40): through(i)",
]
CARRIED = [
    "map(40, carried)",
    "map(40, shifted)",
    "parallelize(40, carried)",
    "for i in range(40): shifted(i)",
]


def _compile(statement: str) -> Program:
    return compile_program(f"{HEAD}    {statement}\n{TAIL}", "program.mojo", prelude())


def _verdict(program: Program) -> Verdict:
    (verdict,) = [loop.verdict for loop in program.loops if loop.function == "main"]
    return verdict


@pytest.mark.parametrize("statement", DISTRIBUTED)
def test_disjoint_writes_and_folds_of_a_closure_are_distributed(statement: str) -> None:
    program = _compile(statement)
    assert _verdict(program) is Verdict.DISTRIBUTED
    alone = run_home(program.home)
    assert alone.exit_code == 0
    mesh = PretendMesh(program.slice, chunks_of(7))
    assert run_home(program.home, mesh=mesh) == alone


@pytest.mark.parametrize("statement", CARRIED)
def test_what_a_closure_carries_from_one_iteration_to_the_next_is_seen(statement: str) -> None:
    assert _verdict(_compile(statement)) is not Verdict.DISTRIBUTED


def test_a_closure_is_seen_through_a_function_of_the_program_that_takes_it() -> None:
    program = _compile("each(40, disjoint)")
    (verdict,) = [loop.verdict for loop in program.loops if loop.function.startswith("each")]
    assert verdict is Verdict.DISTRIBUTED


JOB = """\
from dcp import compute


def work(input: Int, a: Int, b: Int) -> Int:
    progress()
    var total = input
    for k in range(500):
        total = (total * a + k * b) % 65537
    return total


def said():
    print("accepted")


def failed(err: String):
    print("error:", err)


def main():
    var inputs: List[Int] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]
    var job = compute.run(inputs, work, [31, 7])
    job.on("accepted", said)
    job.on("error", failed)
    print(job.exec())
"""


def test_a_dcp_job_is_a_distributed_loop() -> None:
    program = compile_program(JOB, "program.mojo", prelude())
    (loop,) = [loop for loop in program.loops if loop.function == "main"]
    assert loop.verdict is Verdict.DISTRIBUTED
    assert (loop.span.file, loop.span.line) == ("program.mojo", 25)
    alone = run_home(program.home)
    assert alone.stdout.startswith(b"accepted\n[")
    assert run_home(program.home, mesh=PretendMesh(program.slice, chunks_of(3))) == alone
