"""Messages between the owner of a child and the child: MessagePack behind eight bytes of length."""

import os
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from meshnode.sandbox import limits
from meshnode.sandbox.errors import ChildLost
from meshnode.sandbox.javascript.format import SliceRecord
from meshnode.sandbox.line_costs import LineMap
from meshnode.sandbox.outcome import ChunkOutcome, HomeCall, LoadOutcome
from meshnode.sandbox.profile import JavaScriptProfile, SandboxProfile

_LENGTH_BYTES = 8
_READ_BYTES = 1 << 20
_JOINED_BYTES_MAX = 1 << 12


class Captures(msgspec.Struct, frozen=True, tag="captures"):
    """A piece of the next Load's captures; no answer.

    Whole, a gigabyte would be copied in one go, and every other thread of the owner would wait.
    """

    piece: bytes


class Load(msgspec.Struct, frozen=True, tag="load"):
    """Load a slice module, with the Captures sent before; answered by LoadOutcome or Refused."""

    module: bytes
    profile: SandboxProfile


class LoadProgram(msgspec.Struct, frozen=True, tag="load_program"):
    """Load a JavaScript program, with the Captures sent before; answered like Load."""

    module: bytes
    profile: JavaScriptProfile


class RunChunk(msgspec.Struct, frozen=True, tag="chunk"):
    """Run a chunk; answered by ChunkOutcome or NoResult.

    A JavaScript child answers with one SliceDone after the other, or SliceStopped.
    """

    loop: int
    start: int
    stop: int
    operations_max: int


class RunHome(msgspec.Struct, frozen=True, tag="home"):
    """Run a home module; answered by Started or Refused, then by the program's calls."""

    module: bytes
    profile: SandboxProfile
    lines: LineMap | None = None
    """If given, `Exited` tells what each line cost."""


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """The answer to a home program's call: a number, or bytes for its memory."""

    value: int | bytes


Request: TypeAlias = Captures | Load | LoadProgram | RunChunk | RunHome | Reply


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The child waits for requests."""

    jail: str
    """What holds the child besides WebAssembly itself."""


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The home module was taken."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The module is outside the ABI or its bounds."""

    reason: str


class NoResult(msgspec.Struct, frozen=True, tag="no_result"):
    """The host could not run the work to its end; another may."""

    reason: str


class SliceDone(msgspec.Struct, frozen=True, tag="slice"):
    """The next slice of the chunk came to its end."""

    record: SliceRecord


class SliceStopped(msgspec.Struct, frozen=True, tag="stopped"):
    """The next slice of the chunk overran its time, and the child ends with it."""

    is_silent: bool
    """It did not call `progress` for too long; otherwise it took too long altogether."""


Answer: TypeAlias = (
    Ready
    | Started
    | Refused
    | NoResult
    | LoadOutcome
    | ChunkOutcome
    | SliceDone
    | SliceStopped
    | HomeCall
)

_ENCODER = msgspec.msgpack.Encoder()
_REQUESTS = msgspec.msgpack.Decoder(Request)
_ANSWERS = msgspec.msgpack.Decoder(Answer)


def write_frame(descriptor: int, message: Request | Answer) -> None:
    """Write one message; raises BrokenPipeError if nobody reads."""
    payload = _ENCODER.encode(message)
    header = len(payload).to_bytes(_LENGTH_BYTES, "little")
    # Joined, the reader is woken once; but joining would copy up to a gigabyte.
    is_short = len(payload) <= _JOINED_BYTES_MAX
    parts = (header + payload,) if is_short else (header, payload)
    for part in parts:
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def read_frame(descriptor: int, wait: Callable[[], None]) -> bytes:
    """Read one message's payload; `wait` is called before each read and may raise.

    Raises ChildLost when the other end is closed or writes nonsense.
    """
    size = int.from_bytes(_read(descriptor, _LENGTH_BYTES, wait), "little")
    if size > limits.FRAME_BYTES_MAX:
        raise ChildLost(f"a message of {size} bytes is too long")
    return _read(descriptor, size, wait)


def _read(descriptor: int, size: int, wait: Callable[[], None]) -> bytes:
    parts = []
    while size:
        wait()
        part = os.read(descriptor, min(size, _READ_BYTES))
        if not part:
            raise ChildLost("the other end of the pipe is closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def decode_request(payload: bytes) -> Request:
    """Decode what the owner sent."""
    request: Request = _REQUESTS.decode(payload)
    return request


def decode_answer(payload: bytes) -> Answer:
    """Decode what a child sent; raises ChildLost on nonsense, for a child is not trusted."""
    try:
        answer: Answer = _ANSWERS.decode(payload)
    except msgspec.DecodeError as err:
        raise ChildLost(f"the child sent nonsense: {err}") from err
    return answer
