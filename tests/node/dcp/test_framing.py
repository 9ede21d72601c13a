"""Transport strings: fragments in UTF-16 units, announcements, and their bounds."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshnode.node.dcp.framing import FramingError, Unframer, announcement, frame
from meshnode.node.dcp.json_text import join_surrogates
from meshnode.node.dcp.wire_limits import FRAGMENT_UNITS, FRAGMENTED_MESSAGES_MAX, FRAGMENTS_MAX

_texts = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("a😀é\ud83d\ude00"), max_size=200
).map(lambda text: join_surrogates("{" + text))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(text=_texts, units=st.integers(1, 50))
def test_a_message_survives_being_cut(text: str, units: int) -> None:
    unframer = Unframer()

    received = [unframer.receive(string) for string in frame(text, 7, units, FRAGMENTS_MAX)]

    assert received[-1] == text
    assert received[:-1] == [None] * (len(received) - 1)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(text=_texts, units=st.integers(1, 50))
def test_fragments_have_the_wanted_length_in_utf16(text: str, units: int) -> None:
    strings = frame(text, 7, units, FRAGMENTS_MAX)

    if len(strings) > 1:
        payloads = [string[6 + int(string[1:5], 16) :] for string in strings]
        lengths = [len(payload.encode("utf-16-le", "surrogatepass")) // 2 for payload in payloads]
        assert set(lengths[:-1]) == {units}
        assert 0 < lengths[-1] <= units
        assert json.loads(strings[0][6 : 6 + int(strings[0][1:5], 16)]) == {
            "msgId": 7,
            "seq": 0,
            "total": len(strings),
        }


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(6)))
def test_fragments_of_two_messages_may_come_mixed_and_in_any_order(order: list[int]) -> None:
    unframer = Unframer()
    strings = [*frame("{one}", 1, 2, FRAGMENTS_MAX), *frame("{two}", 2, 2, FRAGMENTS_MAX)]

    received = {unframer.receive(strings[index]) for index in order}

    assert received == {None, "{one}", "{two}"}


def test_the_peers_wishes_are_heard() -> None:
    unframer = Unframer()

    unframer.receive(
        'E0000P{"rxMaxFragmentSize":2000,"rxMaxFragmentCount":3,"wantsAck":true,"pingInterval":1}'
    )

    assert unframer.fragment_units == 2000
    assert unframer.fragments_max == 3
    assert unframer.wants_acknowledgements
    with pytest.raises(FramingError):
        frame("{" * 10_000, 1, unframer.fragment_units, unframer.fragments_max)


@pytest.mark.parametrize("size", [0, -5, None, "big", 10**12])
def test_senseless_wishes_change_nothing(size: object) -> None:
    unframer = Unframer()

    unframer.receive("E0000P" + json.dumps({"rxMaxFragmentSize": size, "rxMaxFragmentCount": 0}))

    assert unframer.fragment_units == FRAGMENT_UNITS
    assert unframer.fragments_max == FRAGMENTS_MAX


def test_our_own_announcement_is_understood() -> None:
    assert Unframer().receive(announcement()) is None


def test_plain_and_hasty_messages_pass() -> None:
    assert Unframer().receive('{"a":1}') == '{"a":1}'
    assert Unframer().receive('E0000O{"a":1}') == '{"a":1}'


@pytest.mark.parametrize("string", ["A0000-ACK", "Tdebug", "E0000Xwhat"])
def test_strings_of_other_kinds_are_passed_over(string: str) -> None:
    assert Unframer().receive(string) is None


@pytest.mark.parametrize(
    "string",
    [
        "",
        "x",
        "E",
        "Ezz00C",
        "E-001C",
        "EffffC",
        "E0002C{}a",
        "E0003C[1]a",
        'E0019C{"msgId":1,"seq":2,"total":2}a',
        "E0000Pno",
        'E001fC{"msgId":1,"seq":0,"total":99999}',
    ],
)
def test_malformed_strings_are_refused(string: str) -> None:
    with pytest.raises(FramingError):
        Unframer().receive(string)


def test_a_fragment_counts_once() -> None:
    unframer = Unframer()
    first, *_ = frame("{" * 10, 1, 2, FRAGMENTS_MAX)
    unframer.receive(first)

    with pytest.raises(FramingError):
        unframer.receive(first)


def test_messages_in_pieces_are_bounded_in_number_and_length() -> None:
    many, long = Unframer(), Unframer(message_units_max=1000)
    for message in range(FRAGMENTED_MESSAGES_MAX):
        many.receive(frame("{" * 10, message, 2, FRAGMENTS_MAX)[0])

    with pytest.raises(FramingError):
        many.receive(frame("{" * 10, FRAGMENTED_MESSAGES_MAX, 2, FRAGMENTS_MAX)[0])
    with pytest.raises(FramingError):
        long.receive("{" * 1001)
    *most, last = frame("{" * 1001, 1, 100, FRAGMENTS_MAX)
    assert {long.receive(string) for string in most} == {None}
    with pytest.raises(FramingError):
        long.receive(last)


def test_the_room_of_a_finished_message_is_free_again() -> None:
    unframer = Unframer(message_units_max=1000)

    for message in range(10):
        strings = frame("{" * 900, message, 100, FRAGMENTS_MAX)
        assert [unframer.receive(string) for string in strings][-1] == "{" * 900
