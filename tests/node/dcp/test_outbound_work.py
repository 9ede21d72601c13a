"""The work function in Node: what a chunk comes to is what the sandbox's wasmtime says, operations included."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest
from tests.dcp.outbound.loops import compile_kernel, first_loop
from tests.node.dcp.node_oracle import NodeOracle
from tests.sandbox.modules import EMIT_SQUARES, FIBONACCI, slice_module

from meshnode.compiler import Program
from meshnode.node.dcp.outbound_work import Shipment, outbound_work_function, ship
from meshnode.node.job_store import GridRow
from meshnode.node.loop_runs import LoopRequest
from meshnode.node.options import RunOptions
from meshnode.protocol.values import ChunkGrid
from meshnode.sandbox import ChildLimits, ChunkOutcome, SliceProcess

KERNELS = ("collatz", "mandelbrot", "matmul", "nbody", "sieve", "sinsum")
BUDGET = 10**10
ENDLESS = "(loop $again (br $again)) (i64.const 0)"

_BODY = """
let calls = [];
globalThis.progress = (value) => { calls.push(value); return true; };
const work = eval('(' + WORK + ')');
return ({ datum, prepared, captures, terms, module }) => {
  calls = [];
  try {
    const value = work(datum, prepared, captures, terms, module);
    return { ...value, tape: Buffer.from(value.tape).toString('base64'), calls };
  } catch (error) {
    return { thrown: error.name };
  }
};
"""


@dataclass(frozen=True)
class Came:
    """What the work function returned."""

    iterations_done: int
    operations: int
    tape: bytes
    trap: str | None
    progress: list[float]

    def is_like(self, outcome: ChunkOutcome) -> bool:
        ours = (outcome.iterations_done, outcome.operations, outcome.tape, outcome.trap)
        return ours == (self.iterations_done, self.operations, self.tape, self.trap)


@pytest.fixture(scope="module")
def node() -> Iterator[NodeOracle]:
    body = _BODY.replace("WORK", json.dumps(outbound_work_function()))
    with NodeOracle(body) as oracle:
        yield oracle


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SliceProcess]:
    process = SliceProcess.start(ChildLimits(nice=0))
    yield process
    process.kill()


def work_in_node(node: NodeOracle, shipment: Shipment, start: int, stop: int) -> Came:
    terms = shipment.terms
    datum = {
        "loop": terms.loop,
        "start": str(start),
        "stop": str(stop),
        "operations": terms.operations_max,
    }
    answer = node.ask(
        {
            "datum": json.loads(json.dumps(datum)),
            "prepared": base64.b64encode(shipment.prepared).decode(),
            "captures": base64.b64encode(shipment.captures).decode(),
            "terms": json.loads(msgspec.json.encode(terms)),
            "module": base64.b64encode(shipment.module).decode(),
        }
    )
    assert isinstance(answer, dict)
    assert "thrown" not in answer, answer
    calls = answer["calls"]
    assert isinstance(calls, list)
    return Came(
        iterations_done=int(str(answer["iterationsDone"])),
        operations=int(str(answer["operations"])),
        tape=base64.b64decode(str(answer["tape"])),
        trap=None if answer["trap"] is None else str(answer["trap"]),
        progress=[call for call in calls if isinstance(call, int | float)],
    )


def work_at_home(sandbox: SliceProcess, shipment: Shipment, start: int, stop: int) -> ChunkOutcome:
    work = shipment.work
    sandbox.load(work.module, work.captures, work.profile)
    return sandbox.run_chunk(work.loop, start, stop, int(shipment.terms.operations_max))


def shipment_of(request: LoopRequest, chunk_iterations: int, budget: int = BUDGET) -> Shipment:
    return ship(request, GridRow(chunk_iterations=chunk_iterations, operations_max=budget))


def synthetic(
    chunk: str = EMIT_SQUARES, more: str = "", load: str = "", budget: int = BUDGET
) -> Shipment:
    """A loop of ten iterations whose slice module is written by hand."""
    program = Program(home=b"", slice=slice_module(chunk, more, load), loops=(), warnings=())
    request = LoopRequest(
        job="job",
        ordinal=0,
        program=program,
        arguments=(),
        loop=0,
        iterations=10,
        captures=b"captures",
        options=RunOptions(),
    )
    return shipment_of(request, 10, budget)


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernels_chunks_come_to_the_same_in_v8_as_in_the_sandbox(
    name: str, node: NodeOracle, sandbox: SliceProcess
) -> None:
    request = first_loop(compile_kernel(name))
    if request is None:
        pytest.skip(f"no loop of {name} is distributed")
    length = max(1, request.iterations // 400)
    shipment = shipment_of(request, length)
    grid = ChunkGrid(request.iterations, length)

    for chunk in (0, grid.count // 2, grid.count - 1):
        start, stop = grid.bounds(chunk)
        came = work_in_node(node, shipment, start, stop)
        home = work_at_home(sandbox, shipment, start, stop)

        assert home.trap is None
        assert came.is_like(home)


@pytest.mark.parametrize(
    ("trap", "chunk"),
    [
        ("unreachable", "(call $emit (i64.const 7)) (unreachable)"),
        ("out of operations", f"(call $emit (i64.const 7)) {ENDLESS}"),
        ("call depth", "(drop (call $deep (i32.const 100000))) (i64.const 0)"),
        (
            "out of bounds memory access",
            "(call $emit (i64.const 7)) (i64.load (i32.const 0x7ffffff0))",
        ),
        ("integer divide by zero", "(i64.div_s (i64.const 1) (i64.load (i32.const 4096)))"),
        (
            "integer overflow",
            "(i64.div_s (i64.const 0x8000000000000000) (i64.sub (i64.load (i32.const 4096)) (i64.const 1)))",
        ),
        (
            "more iterations than asked",
            "(i64.store (i32.const 1024) (i64.const 99)) (i64.const 0)",
        ),
        ("output too long", "(i64.const 0x0000000003000000)"),
        ("tape outside of the memory", "(i64.const 0x7fffffff00000010)"),
    ],
)
def test_a_trap_comes_to_the_same_in_v8_as_in_the_sandbox(
    trap: str, chunk: str, node: NodeOracle, sandbox: SliceProcess
) -> None:
    deep = """(func $deep (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))"""
    shipment = synthetic(chunk, more=deep, budget=1_000_000)

    came = work_in_node(node, shipment, 0, 10)
    home = work_at_home(sandbox, shipment, 0, 10)

    assert came.trap == trap
    assert came.is_like(home)


@pytest.mark.parametrize(
    "load",
    ["(unreachable)", "(loop $again (br $again))", "(i64.store (i32.const -8) (i64.const 1))"],
)
def test_captures_that_cannot_be_loaded_make_every_chunk_empty(
    load: str, node: NodeOracle, sandbox: SliceProcess
) -> None:
    shipment = synthetic(load=load, budget=1_000_000)

    came = work_in_node(node, shipment, 0, 10)
    home = work_at_home(sandbox, shipment, 0, 10)

    assert (came.tape, came.operations, came.iterations_done) == (b"", 0, 0)
    assert came.is_like(home)


def test_a_chunk_starts_from_the_state_after_the_captures_were_loaded(
    node: NodeOracle, sandbox: SliceProcess
) -> None:
    count = """(i64.store (i32.const 4096) (i64.add (i64.load (i32.const 4096)) (i64.const 1)))"""
    shipment = synthetic(
        f"{count} (call $emit (i64.load (i32.const 4096))) (call $tape)", load=count
    )

    came = [work_in_node(node, shipment, 0, 10) for _ in range(2)]
    home = work_at_home(sandbox, shipment, 0, 10)

    assert came[0].tape == (2).to_bytes(8, "little")
    assert came[0] == came[1]
    assert came[0].is_like(home)


def test_recursion_costs_the_same_operations(node: NodeOracle, sandbox: SliceProcess) -> None:
    chunk = "(call $emit (i64.extend_i32_u (call $fib (i32.const 15)))) (call $tape)"
    shipment = synthetic(chunk, more=FIBONACCI)

    came = work_in_node(node, shipment, 0, 10)

    assert came.is_like(work_at_home(sandbox, shipment, 0, 10))


def test_progress_is_told_before_and_after(node: NodeOracle) -> None:
    came = work_in_node(node, synthetic(), 0, 10)

    assert came.progress == [0, 1]


def test_a_budget_beyond_a_javascript_number_is_counted_exactly(
    node: NodeOracle, sandbox: SliceProcess
) -> None:
    shipment = synthetic(budget=2**61 + 1)

    came = work_in_node(node, shipment, 0, 10)

    assert came.is_like(work_at_home(sandbox, shipment, 0, 10))


def test_the_text_is_an_expression_without_a_name() -> None:
    text = outbound_work_function()

    assert text.startswith("/*")
    assert text.endswith("}")
    assert "require(" not in text
