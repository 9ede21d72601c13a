"""Jobs that only carry a module of the mesh's ABI: they are run as that module and proved, not as JavaScript and voted.

`meshnode run --via dcp` sends a loop to DCP as one work function, always the same text, whose arguments are the module,
its captures and the terms of the run (`outbound_work.py`). A gateway that sees this text need not run it.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from meshnode.node.dcp import kvin
from meshnode.node.dcp.kvin import KvinValue
from meshnode.node.dcp.outbound_work import LoopTerms, outbound_work_function
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.terms import JobTerms
from meshnode.node.loop_runs import ChunkTape
from meshnode.protocol.limits import CHUNKS_MAX
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.values import (
    ABI_VERSION,
    METERING_VERSION,
    PROFILE,
    RunDescriptor,
    grid_of,
)
from meshnode.protocol.wasm_binary import PAGE_BYTES
from meshnode.sandbox import (
    MEMORY_BYTES_MAX,
    MODULE_BYTES_MAX,
    OPERATIONS_MAX,
    OUTPUT_BYTES_MAX,
    JavaScriptProgram,
    SliceRecord,
)

ARGUMENTS = 4
"""Prepared module, captures, terms, original module."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The run that a job carries."""

    descriptor: RunDescriptor
    module: bytes
    captures: bytes


def carries_module(terms: JobTerms) -> bool:
    """Tell whether a job's work function is the one that only runs a module."""
    function = terms.work_function
    return not function.is_url and function.text == outbound_work_function()


def read_carried(program: JavaScriptProgram) -> Carried | None:
    """Read the module and the terms among a program's arguments; None if they are not what they should be.

    Then the job is run as the JavaScript that it is, too.
    """
    if program.work_function != outbound_work_function() or len(program.arguments) != ARGUMENTS:
        return None
    try:
        _, captures, terms, module = (kvin.decode(text) for text in program.arguments)
        loop = msgspec.convert(terms, LoopTerms)
        return _run(loop, _bytes(module), _bytes(captures))
    except (DcpRefused, msgspec.ValidationError, ValueError):
        return None


def is_whole(carried: Carried, data: Sequence[str]) -> bool:
    """Tell whether the slices are all chunks of the run, in order: a run on the mesh has no fewer."""
    grid = grid_of(carried.descriptor)
    if len(data) != grid.count:
        return False
    loop, budget = carried.descriptor.loop, str(carried.descriptor.operations_max)
    for chunk, text in enumerate(data):
        start, stop = grid.bounds(chunk)
        wanted = {"loop": loop, "start": str(start), "stop": str(stop), "operations": budget}
        try:
            if kvin.decode(text) != wanted:
                return False
        except DcpRefused:
            return False
    return True


def carried_record(tape: ChunkTape) -> SliceRecord:
    """Return what the work function would have returned for a chunk."""
    is_short = tape.iterations_done < tape.iterations
    value: KvinValue = {
        "iterationsDone": str(tape.iterations_done),
        "operations": str(tape.operations),
        "tape": tape.tape,
        "trap": "the chunk ended early" if is_short else None,
    }
    return SliceRecord(kvin.encode(value), None)


def _run(terms: LoopTerms, module: bytes, captures: bytes) -> Carried | None:
    descriptor = RunDescriptor(
        abi_version=terms.abi,
        metering_version=METERING_VERSION,
        profile=PROFILE,
        module=blob_id(module),
        captures=blob_id(captures),
        loop=terms.loop,
        iterations=int(terms.iterations),
        chunk_length=int(terms.chunk_length),
        operations_max=int(terms.operations_max),
        memory_bytes=terms.memory_bytes,
    )
    is_sound = (
        terms.abi == ABI_VERSION
        and terms.output_bytes_max == OUTPUT_BYTES_MAX
        and len(module) <= MODULE_BYTES_MAX
        and terms.loop >= 0
        and descriptor.chunk_length > 0
        and 0 < descriptor.iterations <= CHUNKS_MAX * descriptor.chunk_length
        and 0 < descriptor.operations_max <= OPERATIONS_MAX
        and 0 < terms.memory_bytes <= MEMORY_BYTES_MAX
        and terms.memory_bytes % PAGE_BYTES == 0
    )
    return Carried(descriptor, module, captures) if is_sound else None


def _bytes(value: KvinValue) -> bytes:
    if not isinstance(value, str):
        raise DcpRefused("EINVAL", "a module travels as base 64")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as err:
        raise DcpRefused("EINVAL", "a module travels as base 64") from err
