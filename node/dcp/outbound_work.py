"""What DCP's workers are given of a loop: the work function's text, its arguments, and the chunks' numbers.

A scheduler that knows the text may run the module itself instead of the JavaScript: the original module and the terms
of the run are among the arguments.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from meshnode.node.job_store import GridRow
from meshnode.node.local_runs import slice_memory_bytes
from meshnode.node.loop_runs import LoopRequest
from meshnode.node.slice_work import SliceWork
from meshnode.protocol.values import ABI_VERSION, ChunkGrid
from meshnode.sandbox import OUTPUT_BYTES_MAX, prepare_module, slice_profile


class LoopTerms(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What all chunks share; with the module it fixes a run's descriptor (`protocol/values.py`).

    Numbers that may be beyond a JavaScript number's are decimal texts.
    """

    abi: int
    loop: int
    iterations: str
    chunk_length: str
    operations_max: str
    """Budget of a chunk, and of loading the captures."""
    memory_bytes: int
    output_bytes_max: int
    """A longer tape is a fault of the chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A loop run as it is sent: arguments of the work function, in this order, and the data of the slices."""

    prepared: bytes
    """The module that runs: metered, its memory fixed."""
    captures: bytes
    terms: LoopTerms
    module: bytes
    """The module before it was prepared; the work function does not use it."""
    grid: ChunkGrid
    work: SliceWork
    """The same at home."""


@cache
def outbound_work_function() -> str:
    """Return the text of the work function, exactly as it is sent."""
    return Path(__file__).with_name("outbound_work.js").read_text(encoding="utf-8").rstrip("\n")


def ship(request: LoopRequest, row: GridRow) -> Shipment:
    """Prepare a loop run with a fixed grid. Takes some time for a large module.

    Raises:
        ModuleRefused: the sandbox does not take the module.
    """
    memory_bytes = slice_memory_bytes(len(request.captures))
    profile = slice_profile(memory_bytes, row.operations_max)
    module = request.program.slice
    return Shipment(
        prepared=prepare_module(module, profile),
        captures=request.captures,
        terms=LoopTerms(
            abi=ABI_VERSION,
            loop=request.loop,
            iterations=str(request.iterations),
            chunk_length=str(row.chunk_iterations),
            operations_max=str(row.operations_max),
            memory_bytes=memory_bytes,
            output_bytes_max=OUTPUT_BYTES_MAX,
        ),
        module=module,
        grid=ChunkGrid(request.iterations, row.chunk_iterations),
        work=SliceWork(
            key=f"dcp/{request.job}/{request.ordinal}".encode(),
            module=module,
            captures=request.captures,
            profile=profile,
            loop=request.loop,
        ),
    )
