"""Lines from the Node process: bounded and typed, for they carry strangers' words."""

import json

import msgspec
import pytest

from meshnode.node.dcp.outbound_matching import Matching, Verdict
from meshnode.node.dcp.outbound_messages import Cancel, Ended, Returned, decode_line, encode_line
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.values import ChunkResult


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def result(**changed: object) -> bytes:
    fields: dict[str, object] = {
        "type": "result",
        "chunk": 3,
        "iterationsDone": "10",
        "operations": "12345",
        "tape": "AQI=",
    }
    return line(**(fields | changed))


def test_a_result_carries_its_tape_and_numbers() -> None:
    message = decode_line(result())

    assert isinstance(message, Returned)
    assert (message.chunk, message.tape, message.numbers) == (3, b"\x01\x02", (10, 12345))


@pytest.mark.parametrize("operations", ["-1", "", "1.5", "1e3", "٣", "9" * 20, str(2**63), " 1"])
def test_numbers_that_are_none_are_seen(operations: str) -> None:
    message = decode_line(result(operations=operations))

    assert isinstance(message, Returned)
    assert message.numbers is None


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"[]",
        b"nonsense",
        line(type="unknown"),
        result(chunk=-1),
        result(chunk=1.5),
        result(tape="?"),
        result(operations=7),
        result(operations="1" * 301),
        line(type="error", message="x" * 301),
        line(type="status", distributed=-1, computed=0),
        line(type="accepted"),
    ],
)
def test_what_is_no_message_is_refused(bad: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_line(bad)


def test_an_end_keeps_dcps_record_unread() -> None:
    message = decode_line(line(type="ended", state="finished", reason="", record={"a": [1]}))

    assert isinstance(message, Ended)
    assert bytes(message.record) == b'{"a": [1]}'


def test_a_message_is_one_line() -> None:
    assert encode_line(Cancel()) == b'{"type":"cancel"}\n'


def chunk_result(chunk: int, tape: bytes = b"tape", operations: int = 5) -> ChunkResult:
    return ChunkResult(
        chunk=chunk, iterations_done=2, tape_hash=blob_id(tape), operations=operations
    )


def test_only_what_home_confirms_is_dcps() -> None:
    matching = Matching()
    matching.put(0, chunk_result(0))
    matching.put(1, chunk_result(1, tape=b"other"))
    matching.put(2, chunk_result(2, operations=6))
    matching.put(3, None)

    verdicts = [matching.match(chunk_result(chunk)) for chunk in range(5)]

    assert verdicts == [Verdict.AGREED, *[Verdict.WRONG] * 3, Verdict.MISSING]
    assert (matching.agreed, matching.wrong, matching.missing) == (1, 3, 1)
    assert (matching.agreed_operations, matching.home_operations) == (5, 25)
    assert (matching.returned, matching.settled) == (4, 5)


def test_dcps_first_word_on_a_chunk_counts() -> None:
    matching = Matching()
    matching.put(0, chunk_result(0, tape=b"wrong"))
    matching.put(0, chunk_result(0))

    assert matching.match(chunk_result(0)) is Verdict.WRONG
