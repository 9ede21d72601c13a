"""What passes between compile service and child: MessagePack with its length before it."""

from typing import BinaryIO

import msgspec

from meshnode.compiler.diagnostic import Diagnostic
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.program import Program

CHECK_ONLY = "check"
"""The form of a request that asks for findings and no code."""

METERED_LOADER = "js-metered"
"""A form beside those of the compiler, which does not know the sandbox: the loader with the metered module."""

COUNTED = "counted"
"""A form for `compile --explain-cost`: a `CountedProgram`, encoded."""

MESSAGE_BYTES_MAX = 256 << 20
"""A program's modules are far smaller; more means that the stream is broken."""


class CompileRequest(msgspec.Struct, frozen=True, array_like=True):
    """Compile one source."""

    source: str
    file: str
    """As the user named it; stands in diagnostics and in the program's own messages."""
    form: str | None
    """A `pipeline.Form`'s value, `METERED_LOADER`, `CHECK_ONLY`, or None for a `Program`."""
    options: CompileOptions = CompileOptions()


class Compiled(msgspec.Struct, frozen=True, array_like=True, tag="program"):
    """The program."""

    program: Program


class Emitted(msgspec.Struct, frozen=True, array_like=True, tag="form"):
    """The form that was asked for."""

    content: bytes


class Accepted(msgspec.Struct, frozen=True, array_like=True, tag="accepted"):
    """Nothing is wrong with the program that was to be checked only."""

    warnings: tuple[Diagnostic, ...]


class Refused(msgspec.Struct, frozen=True, array_like=True, tag="refused"):
    """The program is wrong, or not supported yet."""

    diagnostics: tuple[Diagnostic, ...]


class Broken(msgspec.Struct, frozen=True, array_like=True, tag="broken"):
    """The compiler failed: a bug of ours."""

    message: str


CompileAnswer = Compiled | Emitted | Accepted | Refused | Broken


def frame(message: CompileRequest | CompileAnswer) -> bytes:
    """Encode a message with its length."""
    payload = msgspec.msgpack.encode(message)
    return len(payload).to_bytes(4, "little") + payload


def read_request(stream: BinaryIO) -> CompileRequest | None:
    """Read the next request in the child; None at the end."""
    head = stream.read(4)
    if len(head) < len(b"size"):
        return None
    payload = stream.read(int.from_bytes(head, "little"))
    return msgspec.msgpack.decode(payload, type=CompileRequest)


_answer_decoder: msgspec.msgpack.Decoder[CompileAnswer] = msgspec.msgpack.Decoder(CompileAnswer)


def decode_answer(payload: bytes) -> CompileAnswer:
    """Decode an answer of the child."""
    return _answer_decoder.decode(payload)
