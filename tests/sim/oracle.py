"""What a chunk's right result is: a pure function in place of the sandbox."""

from random import Random

from meshnode.protocol.merkle import blob_id
from meshnode.protocol.values import ChunkResult, RunDescriptor, RunHash, digest, grid_of, run_hash


def right_tape(terms: RunHash, chunk: int) -> bytes:
    return digest(b"tape", terms, chunk.to_bytes(8, "big")) * (chunk % 3)


def right_result(descriptor: RunDescriptor, chunk: int) -> ChunkResult:
    start, stop = grid_of(descriptor).bounds(chunk)
    terms = run_hash(descriptor)
    spread = digest(b"operations", terms, chunk.to_bytes(8, "big"))[0]
    mean = descriptor.operations_max // 20
    return ChunkResult(
        chunk=chunk,
        iterations_done=stop - start,
        tape_hash=blob_id(right_tape(terms, chunk)),
        operations=mean // 2 + mean * spread // 255,
    )


def wrong_result(right: ChunkResult, rng: Random) -> tuple[ChunkResult, bytes]:
    """Lie: a wrong tape, or more operations than were needed."""
    if rng.random() < 0.5:
        tape = rng.randbytes(32)
        changed = ChunkResult(
            chunk=right.chunk,
            iterations_done=right.iterations_done,
            tape_hash=blob_id(tape),
            operations=right.operations,
        )
        return changed, tape
    changed = ChunkResult(
        chunk=right.chunk,
        iterations_done=right.iterations_done,
        tape_hash=right.tape_hash,
        operations=right.operations + right.operations // 10 + 1,
    )
    return changed, b""


def is_tape_inline(chunk: int) -> bool:
    """Some tapes travel as blobs."""
    return chunk % 5 != 0
