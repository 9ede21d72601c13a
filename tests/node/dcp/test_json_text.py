"""JSON texts: V8's to the byte, bounded, and cut where they stand."""

import struct
from collections.abc import Iterator
from contextlib import closing
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.node.dcp.node_oracle import NodeOracle

from meshnode.node.dcp.json_text import (
    JsonRefused,
    dumps,
    elements,
    join_surrogates,
    loads,
    members,
    number_text,
)
from meshnode.node.dcp.port import JsonValue
from meshnode.node.dcp.wire_limits import JSON_DEPTH_MAX

_texts = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from('\ud83d\ude00\udc00\ud800"\\/\x00\x08\x1f\x7f\u2028é')
)
_keys = _texts | st.integers(0, 2**33).map(str) | st.sampled_from(("00", "01", "-1", "__proto__"))
_numbers = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**30), 10**30)
    | st.integers(-(10**3), 10**3)
    | st.builds(
        lambda digits, power: digits * 10.0**power, st.integers(-999, 999), st.integers(-25, 25)
    )
)
_json: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(_keys, inner, max_size=6),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def v8() -> Iterator[NodeOracle]:
    """V8 prints what it reads."""
    with closing(NodeOracle("return (value) => JSON.stringify(value);")) as oracle:
        yield oracle


def test_three_thousand_random_values_are_printed_as_v8_prints_them(v8: NodeOracle) -> None:
    values = [random_value(Random(seed), depth=4) for seed in range(3000)]

    for value in values:
        assert dumps(value) == v8.ask(value)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=_json)
@example(value={"4294967294": 0, "4294967295": 1, "b": 2, "10": 3, "9": 4, "": 5})
@example(value=[1e21, 1e-7, 123456789012345680000.0, 5e-324, 1.7976931348623157e308, 2**1100])
@example(value=[-0.0, 0.1, 100.0, 1e20, 123e-20, 2**53 + 1, "\ude00\ud83d"])
def test_a_value_is_printed_as_v8_prints_it(v8: NodeOracle, value: JsonValue) -> None:
    assert dumps(value) == v8.ask(value)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=_json)
def test_what_is_printed_is_read_again(value: JsonValue) -> None:
    text = dumps(value)

    assert dumps(loads(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 2",
        "[1,]",
        "{'a':1}",
        '{"a":1,}',
        "NaN",
        "[Infinity]",
        "-Infinity",
        '"\n"',
        "[1",
        "[" * 10**6,
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(JsonRefused):
        loads(text)


def test_the_last_of_two_members_of_one_name_counts() -> None:
    assert loads('{"a":1,"b":2,"a":3}') == {"a": 3, "b": 2}


def test_a_member_named_proto_is_one_like_others() -> None:
    text = '{"__proto__":{"x":1},"constructor":null}'

    assert dumps(loads(text)) == text


def test_nesting_is_bounded_both_ways() -> None:
    deep = "[" * JSON_DEPTH_MAX + "]" * JSON_DEPTH_MAX
    value: JsonValue = 0
    for _ in range(JSON_DEPTH_MAX + 1):
        value = [value]

    assert dumps(loads(deep)) == deep
    with pytest.raises(JsonRefused, match="deeper"):
        loads(f"[{deep}]")
    with pytest.raises(JsonRefused, match="deeper"):
        dumps(value)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(value=st.text('[]{}\\"a', max_size=300))
def test_brackets_in_texts_are_no_nesting(value: str) -> None:
    text = dumps([value * 3])

    assert loads(text) == [value * 3]


def test_a_long_text_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshnode.node.dcp.json_text.MESSAGE_UNITS_MAX", 10)

    with pytest.raises(JsonRefused, match="more than 10"):
        loads("[1,2,3,4,5]")


def test_numbers_that_json_does_not_know_are_null_as_in_v8() -> None:
    assert dumps([float("nan"), float("inf"), 10**400]) == "[null,null,null]"
    assert number_text(1.0) == "1"


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=st.dictionaries(_keys, _json, max_size=6))
def test_a_members_span_is_its_raw_text(value: dict[str, JsonValue]) -> None:
    text = f"  {dumps(value)}"

    found, stop = members(text, 2)

    assert stop == len(text)
    assert {join_surrogates(key) for key in value} == set(found)
    for member in found.values():
        assert dumps(loads(text[member.start : member.stop])) == dumps(member.value)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(objects=st.lists(st.dictionaries(_keys, _json, max_size=3), max_size=4))
def test_an_arrays_objects_are_found_with_their_spans(
    objects: list[dict[str, JsonValue]],
) -> None:
    values: JsonValue = [*objects]
    text = dumps(values)

    found = elements(text, 0)

    assert len(found) == len(objects)
    for each in found:
        for member in each.values():
            assert dumps(loads(text[member.start : member.stop])) == dumps(member.value)


@pytest.mark.parametrize("text", ["", "1", "[1]", "[{}", "[{},]", "[{} {}]", '[{"a"}]', "[{,}]"])
def test_an_array_of_no_objects_is_refused(text: str) -> None:
    with pytest.raises(JsonRefused):
        elements(text, 0)


def random_value(randomness: Random, depth: int) -> JsonValue:
    """Draw a value: any double by its bits, any UTF-16, keys of all kinds."""
    match randomness.randrange(9 if depth else 6):
        case 0:
            return randomness.choice((None, True, False, 0, -0.0, {}, []))
        case 1:
            number: float = struct.unpack("<d", randomness.randbytes(8))[0]
            return number if abs(number) < float("inf") else 1
        case 2:
            return randomness.randrange(-1000, 1000) * 10.0 ** randomness.randrange(-25, 25)
        case 3:
            return randomness.randrange(-(10**25), 10**25) >> randomness.randrange(84)
        case 4 | 5:
            return random_text(randomness)
        case 6 | 7:
            count = randomness.randrange(6)
            return {
                random_key(randomness): random_value(randomness, depth - 1) for _ in range(count)
            }
        case _:
            return [random_value(randomness, depth - 1) for _ in range(randomness.randrange(6))]


def random_text(randomness: Random) -> str:
    limits = [
        randomness.choice((0x20, 0x80, 0x2030, 0x10000, 0x110000))
        for _ in range(randomness.randrange(9))
    ]
    return "".join(chr(randomness.randrange(limit)) for limit in limits)


def random_key(randomness: Random) -> str:
    integers = (
        randomness.randrange(20),
        2**32 - randomness.randrange(4),
        randomness.getrandbits(60),
    )
    return randomness.choice(
        (random_text(randomness), str(randomness.choice(integers)), "__proto__")
    )
