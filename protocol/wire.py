"""Bytes to messages and back: frames, MessagePack, seals. It opens no stream; it only judges bytes.

A frame is a version byte, a 4-byte big-endian length and the payload. The length is checked against
the stream's limit before a byte of payload is read, the payload's shape by its types, then the
signature; only then is it believed.
"""

import struct
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from meshnode.protocol import blob_messages, limits, messages
from meshnode.protocol.errors import MeshError
from meshnode.protocol.messages import Message, SealedMessage
from meshnode.protocol.sealed import Sealed, Signer, Verifier, is_authentic, seal_bytes
from meshnode.protocol.values import MeshId

FRAME_VERSION: Final = 1
HEADER_BYTES: Final = 5
_HEADER = struct.Struct(">BI")


class WireError(MeshError):
    """Bytes of a peer that the protocol does not allow; the peer's fault, never ours."""


HelloStreamMessage = messages.Hello
WorkStreamMessage = messages.PlainWorkMessage | Sealed
BlobStreamMessage = (
    blob_messages.BlobAsk
    | blob_messages.BlobManifest
    | blob_messages.BlobPiece
    | blob_messages.BlobMissing
)
SyncStreamMessage = blob_messages.SyncAsk | blob_messages.SyncOffers
AnyMessage = Message | Sealed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's protocol id and the largest payload it may carry."""

    protocol_id: str
    bytes_max: int


HELLO_STREAM: Final = Stream("/meshnode/hello/1", limits.HELLO_BYTES_MAX)
WORK_STREAM: Final = Stream("/meshnode/work/1", limits.WORK_BYTES_MAX)
BLOB_STREAM: Final = Stream("/meshnode/blob/1", limits.BLOB_MESSAGE_BYTES_MAX)
SYNC_STREAM: Final = Stream("/meshnode/sync/1", limits.SYNC_BYTES_MAX)
LEDGER_STREAM: Final = Stream("/meshnode/ledger/1", limits.LEDGER_BYTES_MAX)

_encoder = msgspec.msgpack.Encoder()
_hello_decoder = msgspec.msgpack.Decoder(HelloStreamMessage)
_work_decoder: msgspec.msgpack.Decoder[WorkStreamMessage] = msgspec.msgpack.Decoder(
    WorkStreamMessage
)
_blob_decoder: msgspec.msgpack.Decoder[BlobStreamMessage] = msgspec.msgpack.Decoder(
    BlobStreamMessage
)
_sync_decoder: msgspec.msgpack.Decoder[SyncStreamMessage] = msgspec.msgpack.Decoder(
    SyncStreamMessage
)
_sealed_decoder = msgspec.msgpack.Decoder(Sealed)
_body_decoder: msgspec.msgpack.Decoder[SealedMessage] = msgspec.msgpack.Decoder(SealedMessage)


def offers_topic(mesh: MeshId) -> str:
    """Name the gossip topic of a mesh's offers; it is not sharded yet."""
    return f"meshnode/1/{mesh.hex()[:16]}/offers/0"


# Frames


def frame(payload: bytes, stream: Stream) -> bytes:
    """Put a header before a payload of ours."""
    assert len(payload) <= stream.bytes_max, "our own message exceeds its stream's limit"
    return _HEADER.pack(FRAME_VERSION, len(payload)) + payload


def payload_bytes(header: bytes, stream: Stream) -> int:
    """Tell how many payload bytes follow this header of `HEADER_BYTES` bytes.

    Raises WireError for another version or a length above the stream's limit.
    """
    if len(header) != HEADER_BYTES:
        message = f"a frame's header has {HEADER_BYTES} bytes, not {len(header)}"
        raise WireError(message)
    version, length = _HEADER.unpack(header)
    if version != FRAME_VERSION:
        message = f"frame version {version} is not spoken here"
        raise WireError(message)
    if length > stream.bytes_max:
        message = f"a frame of {length} bytes exceeds {stream.protocol_id}'s limit"
        raise WireError(message)
    return int(length)


# Messages


def encode(message: AnyMessage) -> bytes:
    """Give a message's payload."""
    return _encoder.encode(message)


def decode_hello(payload: bytes) -> messages.Hello:
    """Read a Hello or raise WireError."""
    return _decode(_hello_decoder, payload, limits.HELLO_BYTES_MAX)


def decode_work(payload: bytes) -> WorkStreamMessage:
    """Read a work stream's message or raise WireError; a Sealed one is still to be opened."""
    return _decode(_work_decoder, payload, limits.WORK_BYTES_MAX)


def decode_blob(payload: bytes) -> BlobStreamMessage:
    """Read a blob stream's message or raise WireError."""
    return _decode(_blob_decoder, payload, limits.BLOB_MESSAGE_BYTES_MAX)


def decode_sync(payload: bytes) -> SyncStreamMessage:
    """Read a sync stream's message or raise WireError."""
    return _decode(_sync_decoder, payload, limits.SYNC_BYTES_MAX)


def decode_gossip(payload: bytes) -> Sealed:
    """Read what came by gossip, or raise WireError; it is still to be opened."""
    return _decode(_sealed_decoder, payload, limits.GOSSIP_BYTES_MAX)


def decode_sealed(payload: bytes) -> Sealed:
    """Read a stored envelope, or raise WireError."""
    return _decode(_sealed_decoder, payload, limits.LEDGER_BYTES_MAX)


# Seals


def seal(message: SealedMessage, mesh: MeshId, signer: Signer) -> Sealed:
    """Sign a message; its tag is the purpose."""
    return seal_bytes(_purpose(message), mesh, encode(message), signer)


def open_sealed(envelope: Sealed, mesh: MeshId, verifier: Verifier) -> SealedMessage:
    """Check an envelope's signature and read its body, or raise WireError.

    Whether the signer's key belongs to the identity that the body names is the caller's to
    check (`identity.py`).
    """
    if not is_authentic(envelope, mesh, verifier):
        message = f"a sealed {envelope.purpose!r} is not signed by its signer for this mesh"
        raise WireError(message)
    return read_body(envelope)


def read_body(envelope: Sealed) -> SealedMessage:
    """Read the body of an envelope that was found authentic before, or raise WireError."""
    body = _decode(_body_decoder, envelope.body, limits.WORK_BYTES_MAX)
    if _purpose(body) != envelope.purpose:
        message = f"a {_purpose(body)} was sealed as {envelope.purpose!r}"
        raise WireError(message)
    return body


def _purpose(message: Message) -> str:
    return type(message).__name__.lower()


def _decode(decoder: msgspec.msgpack.Decoder[T], payload: bytes, bytes_max: int) -> T:
    if len(payload) > bytes_max:
        message = f"a payload of {len(payload)} bytes exceeds the limit of {bytes_max}"
        raise WireError(message)
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as err:
        message = f"a peer's message is not understood: {err}"
        raise WireError(message) from err
