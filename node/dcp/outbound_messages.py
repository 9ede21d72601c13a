"""What we and the Node process of `outbound.js` say to each other: one line of JSON for each message, bytes in base 64.

The Node process is ours, but what it passes on comes from strangers: every line is bounded, typed and checked.
"""

from typing import Annotated, TypeAlias

import msgspec

from meshnode.node.dcp.outbound_limits import TOLD_CHARS_MAX
from meshnode.node.dcp.outbound_work import LoopTerms
from meshnode.protocol.limits import INT_MAX

Text = Annotated[str, msgspec.Meta(max_length=TOLD_CHARS_MAX)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
DIGITS_MAX = 19


class Start(msgspec.Struct, frozen=True, tag="start", rename="camel", kw_only=True):
    """Deploy a job; said once, first."""

    sdk: str
    """Folder whose `node_modules` has dcp-client."""
    name: str
    """Public name of the job; workers see it."""
    work: str
    """Text of the work function."""
    prepared: bytes
    captures: bytes
    terms: LoopTerms
    module: bytes
    chunks: int
    offer: str
    """DCC for each slice; empty: market value."""
    groups: str
    """Path of a file; empty: the public group."""


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """Cancel the job and end. So does the end of the stream."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The client is loaded, the scheduler's configuration read, the keystores unlocked."""

    version: Text
    """Of dcp-client."""
    scheduler: Text


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """DCP has taken the job."""

    job: Text
    """DCP's id of it."""


class Status(msgspec.Struct, frozen=True, tag="status"):
    """How far DCP is."""

    distributed: Number
    computed: Number


class Returned(msgspec.Struct, frozen=True, tag="result", rename="camel"):
    """A chunk's result as some stranger computed it."""

    chunk: Number
    iterations_done: Text
    operations: Text
    tape: bytes

    @property
    def numbers(self) -> tuple[int, int] | None:
        """Iterations done and operations; None if they are no such numbers."""
        texts = (self.iterations_done, self.operations)
        if not all(t.isascii() and t.isdecimal() and len(t) <= DIGITS_MAX for t in texts):
            return None
        done, operations = map(int, texts)
        return (done, operations) if max(done, operations) <= INT_MAX else None


class Malformed(msgspec.Struct, frozen=True, tag="malformed"):
    """A chunk's result is not what the work function returns."""

    chunk: Number


class SliceFailed(msgspec.Struct, frozen=True, tag="error"):
    """A try of a slice failed; DCP may try it again."""

    message: Text


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The job is over, as far as DCP is concerned; nothing follows."""

    state: Text
    """`finished` or `cancelled`."""
    reason: Text
    record: msgspec.Raw = msgspec.Raw(b"null")
    """What DCP's list of jobs says of it, cost included if it says so."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """There is no job, or no more of it; nothing follows."""

    code: Text
    """One of SETTINGS_CODES, or DCP's own."""
    message: Text


ToNode: TypeAlias = Start | Cancel
FromNode: TypeAlias = (
    Ready | Accepted | Status | Returned | Malformed | SliceFailed | Ended | Failed
)

SETTINGS_CODES = frozenset({"ENODE", "ESDK", "EKEYSTORE", "EPASSPHRASE", "EGROUPS"})
"""The user's settings are wrong: the job ends with the message, which says what to do."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(FromNode)


def encode_line(message: ToNode) -> bytes:
    """Write a message as a line."""
    return _encoder.encode(message) + b"\n"


def decode_line(line: bytes) -> FromNode:
    """Read a line. Raises msgspec.DecodeError."""
    message: FromNode = _decoder.decode(line)
    return message
