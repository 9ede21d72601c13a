"""Bytes of peers: what is ours comes back as it was, everything else is a WireError."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.samples import (
    LEASE,
    MESH,
    ROOT,
    RUN,
    grant,
    hello,
    sealed_messages,
    work_messages,
)
from tests.sim.keys import FakeSigner, FakeVerifier

from meshnode.protocol import limits, wire
from meshnode.protocol import messages as m
from meshnode.protocol.messages import Message
from meshnode.protocol.sealed import Sealed, countersign
from meshnode.protocol.values import mesh_id

SIGNER = FakeSigner("worker")
VERIFIER = FakeVerifier()


@pytest.mark.parametrize("message", work_messages(), ids=lambda message: type(message).__name__)
def test_decoding_undoes_encoding(message: Message | Sealed) -> None:
    assert wire.decode_work(wire.encode(message)) == message


@pytest.mark.parametrize("message", sealed_messages(), ids=lambda message: type(message).__name__)
def test_opening_undoes_sealing(message: m.SealedMessage) -> None:
    assert wire.open_sealed(wire.seal(message, MESH, SIGNER), MESH, VERIFIER) == message


def test_a_hello_comes_back() -> None:
    assert wire.decode_hello(wire.encode(hello())) == hello()


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(payload: bytes) -> None:
    for decode in (
        wire.decode_hello,
        wire.decode_work,
        wire.decode_blob,
        wire.decode_sync,
        wire.decode_gossip,
        wire.decode_sealed,
    ):
        with pytest.raises(wire.WireError):
            decode(payload)


@given(st.data())
def test_a_damaged_message_is_refused_or_means_something_else(data: st.DataObject) -> None:
    payload = bytearray(wire.encode(data.draw(st.sampled_from(work_messages()))))
    index = data.draw(st.integers(0, len(payload) - 1))
    payload[index] ^= data.draw(st.integers(1, 255))

    try:
        received = wire.decode_work(bytes(payload))
    except wire.WireError:
        return

    if isinstance(received, Sealed):
        with pytest.raises(wire.WireError):
            wire.open_sealed(received, MESH, VERIFIER)


@pytest.mark.parametrize("message", work_messages(), ids=lambda message: type(message).__name__)
def test_a_truncated_message_is_refused(message: Message | Sealed) -> None:
    payload = wire.encode(message)

    for length in range(len(payload)):
        with pytest.raises(wire.WireError):
            wire.decode_work(payload[:length])


def test_an_extra_field_is_refused() -> None:
    fields = msgspec.msgpack.decode(wire.encode(m.Ping(nonce=1)))

    with pytest.raises(wire.WireError):
        wire.decode_work(msgspec.msgpack.encode([*fields, 1]))


def test_an_unknown_tag_is_refused() -> None:
    with pytest.raises(wire.WireError):
        wire.decode_work(msgspec.msgpack.encode(["pingpong", 1]))


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(wire.WireError):
        wire.decode_work(msgspec.msgpack.encode(["ping", -1]))


def test_an_id_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(wire.WireError):
        wire.decode_work(msgspec.msgpack.encode(["shrink", RUN[1:], LEASE, 1]))


def test_a_tape_above_the_inline_limit_is_refused() -> None:
    done = m.ChunkDone(
        run=RUN,
        lease=LEASE,
        chunk=0,
        iterations_done=1,
        operations=1,
        tape_hash=ROOT,
        tape_bytes=1,
        tape=bytes(limits.TAPE_INLINE_BYTES_MAX + 1),
    )

    with pytest.raises(wire.WireError):
        wire.decode_work(wire.encode(done))


def test_a_frame_is_measured_before_it_is_read() -> None:
    header = wire.frame(b"", wire.WORK_STREAM)[:1] + (10**9).to_bytes(4, "big")

    with pytest.raises(wire.WireError, match="exceeds"):
        wire.payload_bytes(header, wire.WORK_STREAM)


def test_a_frame_tells_its_length() -> None:
    frame = wire.frame(b"payload", wire.WORK_STREAM)

    length = wire.payload_bytes(frame[: wire.HEADER_BYTES], wire.WORK_STREAM)

    assert frame[wire.HEADER_BYTES :] == b"payload"
    assert length == len(b"payload")


@pytest.mark.parametrize("header", [b"", b"\x02\x00\x00\x00\x00", b"\x01\x00\x00"])
def test_a_wrong_header_is_refused(header: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.payload_bytes(header, wire.WORK_STREAM)


def test_a_signature_counts_in_its_mesh_only() -> None:
    envelope = wire.seal(grant(), MESH, SIGNER)

    with pytest.raises(wire.WireError):
        wire.open_sealed(envelope, mesh_id("another"), VERIFIER)


def test_a_body_counts_for_its_purpose_only() -> None:
    envelope = wire.seal(grant(), MESH, SIGNER)
    renamed = msgspec.structs.replace(envelope, purpose="voucher")

    with pytest.raises(wire.WireError):
        wire.open_sealed(renamed, MESH, VERIFIER)


def test_both_signatures_of_a_receipt_are_over_the_same_bytes() -> None:
    receipt = sealed_messages()[-2]
    offered = wire.seal(receipt, MESH, FakeSigner("requester"))

    answered = countersign(offered, SIGNER)

    assert answered.body == offered.body
    assert answered.signer == SIGNER.key
    assert wire.open_sealed(answered, MESH, VERIFIER) == receipt
