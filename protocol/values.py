"""The values that all rooms share: ids, the run descriptor, the chunk grid, leaves and prices.

Integers only: money in micro-credits, time in milliseconds, work in operations. No value here is
mutable, and none knows how it travels (messages.py) or who signs it (sealed.py).
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, NewType

import msgspec

from meshnode.protocol.limits import CHUNKS_MAX, INT_MAX

Hash = NewType("Hash", bytes)
"""SHA-256, 32 bytes."""
IdentityId = NewType("IdentityId", bytes)
"""An identity's Ed25519 root public key, 32 bytes: history, limits and balances belong to it."""
PeerKey = NewType("PeerKey", bytes)
"""A node's working Ed25519 public key, 32 bytes: libp2p's PeerId and the signer of all messages."""
MeshId = NewType("MeshId", bytes)
"""Names a mesh, 32 bytes: `mesh_id(name)`. A signature made for one mesh is void in another."""
RunHash = NewType("RunHash", bytes)
"""Hash of a RunDescriptor: the terms under which results can be compared."""
RunId = NewType("RunId", bytes)
"""One execution of one distributed loop in one job, 32 bytes: the address of work messages."""
LeaseId = NewType("LeaseId", bytes)
"""One lease, 32 bytes; also the id of its hold in both ledgers."""
JobId = NewType("JobId", bytes)
"""One job of a requester, 32 bytes."""

NO_HASH = Hash(bytes(32))

# Fields of messages: the type checker sees the NewType, msgspec checks the length.
Hash32 = Annotated[Hash, msgspec.Meta(min_length=32, max_length=32)]
Identity32 = Annotated[IdentityId, msgspec.Meta(min_length=32, max_length=32)]
PeerKey32 = Annotated[PeerKey, msgspec.Meta(min_length=32, max_length=32)]
Mesh32 = Annotated[MeshId, msgspec.Meta(min_length=32, max_length=32)]
RunHash32 = Annotated[RunHash, msgspec.Meta(min_length=32, max_length=32)]
RunId32 = Annotated[RunId, msgspec.Meta(min_length=32, max_length=32)]
LeaseId32 = Annotated[LeaseId, msgspec.Meta(min_length=32, max_length=32)]
Count = Annotated[int, msgspec.Meta(ge=0, le=INT_MAX)]
"""A number of something, a time in milliseconds or an amount: never negative, fits in 63 bits."""

ABI_VERSION = 1
METERING_VERSION = 1
PROFILE = 1
"""The sandbox profile of WebAssembly."""
PROFILE_JAVASCRIPT = 2
"""The sandbox profile of JavaScript: the V8 of mini-racer 0.14 on x86-64, seeded, with a virtual clock."""
PROFILE_PYTHON = 3
"""The sandbox profile of Python: Pyodide 0.28.2 with numpy, in the V8 of profile 2."""
ABI_JAVASCRIPT = 2
"""The module is a JavaScript program, the captures are its slices' data (sandbox/javascript/format.py)."""
METERING_QUOTED = 0
"""Nothing is counted: each iteration costs the same, the chunk's budget divided by the chunk's length."""
VERSIONS = frozenset(
    {
        (ABI_VERSION, METERING_VERSION, PROFILE),
        (ABI_JAVASCRIPT, METERING_QUOTED, PROFILE_JAVASCRIPT),
        (ABI_JAVASCRIPT, METERING_QUOTED, PROFILE_PYTHON),
    }
)
"""What fits together: ABI, metering, profile."""


def digest(*parts: bytes) -> Hash:
    """Hash the concatenation of `parts`.

    Callers give parts of fixed length, or hash those of variable length.
    """
    return Hash(sha256(b"".join(parts)).digest())


def mesh_id(name: str) -> MeshId:
    """Name a mesh by text."""
    return MeshId(digest(b"meshnode/mesh/1", name.encode()))


class RunDescriptor(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, kw_only=True
):
    """The terms of a run; its hash stands in Offer, Grant and every leaf."""

    abi_version: Count
    metering_version: Count
    profile: Count
    """Number of the sandbox profile (call depth and the like follow from it)."""
    module: Hash32
    """Blob id of the slice module."""
    captures: Hash32
    """Blob id of the captures' bytes."""
    loop: Count
    iterations: Count
    chunk_length: Count
    """Iterations in a chunk; the last chunk may be shorter."""
    operations_max: Count
    """Budget of one chunk; beyond it the chunk traps."""
    memory_bytes: Count
    """Minimum and maximum of the module's memory, whole pages."""


def is_voted(descriptor: RunDescriptor) -> bool:
    """Tell whether results are only voted on: work that is not deterministic by construction convicts nobody.

    (trust.md 1.2)
    """
    return descriptor.profile in {PROFILE_JAVASCRIPT, PROFILE_PYTHON}


def run_hash(descriptor: RunDescriptor) -> RunHash:
    """Hash the terms.

    MessagePack of an array of fixed fields has exactly one encoding with msgspec.
    """
    return RunHash(digest(b"meshnode/run/1", msgspec.msgpack.encode(descriptor)))


def run_id(program: Hash, arguments: Hash, ordinal: int, terms: RunHash) -> RunId:
    """Name one execution of a loop; a restarted requester comes to the same name.

    `program` should cover the job's own id as well where one program runs in several jobs at
    once. Captures and grid are covered by `terms`.
    """
    return RunId(
        digest(b"meshnode/run-id/1", program, arguments, ordinal.to_bytes(8, "big"), terms)
    )


@dataclass(frozen=True, slots=True)
class ChunkGrid:
    """The division of a run's iterations 0…n-1 into chunks 0…count-1, half-open."""

    iterations: int
    chunk_length: int

    def __post_init__(self) -> None:
        assert self.iterations > 0
        assert self.chunk_length > 0
        assert self.count <= CHUNKS_MAX

    @property
    def count(self) -> int:
        """Tell the number of chunks."""
        return -(-self.iterations // self.chunk_length)

    def bounds(self, chunk: int) -> tuple[int, int]:
        """Tell the half-open range of iterations of `chunk`."""
        assert 0 <= chunk < self.count
        start = chunk * self.chunk_length
        return start, min(start + self.chunk_length, self.iterations)


def grid_of(descriptor: RunDescriptor) -> ChunkGrid:
    """Give the grid that a descriptor fixes."""
    return ChunkGrid(descriptor.iterations, descriptor.chunk_length)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkResult:
    """What replicas of a chunk must agree in; a trap shows as fewer iterations done."""

    chunk: int
    iterations_done: int
    tape_hash: Hash
    """`merkle.blob_id` of the tape.

    A large tape is fetched by the very hash that its leaf carries.
    """
    operations: int


def chunk_leaf(terms: RunHash, result: ChunkResult) -> Hash:
    """Hash one chunk's result under its run's terms.

    `H(0 ‖ "chunk/1" ‖ …)`, a Merkle leaf of RFC 6962.
    """
    numbers = (result.chunk, result.iterations_done, result.operations)
    chunk, iterations_done, operations = (number.to_bytes(8, "big") for number in numbers)
    return digest(b"\x00chunk/1", terms, chunk, iterations_done, result.tape_hash, operations)


OPERATIONS_PER_PRICE = 10**9
"""Prices are in micro-credits for so many operations."""


def cost_credits(operations: int, price_credits: int) -> int:
    """Tell what `operations` cost in micro-credits, rounded down.

    Always taken over the *cumulative* operations of a lease, so that flushing often rounds
    nothing away; this is the only place that rounds money.
    """
    assert operations >= 0
    assert price_credits >= 0
    return operations * price_credits // OPERATIONS_PER_PRICE
