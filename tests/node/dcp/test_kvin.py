"""KVIN: plain data both ways and arrays split into elements, held against npm's kvin 9.0.0."""

import json
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.node.dcp.node_oracle import NodeOracle, kvin_oracle

from meshnode.node.dcp import kvin
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.kvin import KvinValue, Url
from meshnode.node.dcp.port import DcpRefused, JsonValue

_BODY = """
const util = require('util');
// Builds a value of a description: [kind, …]; objects that were built before can be used again by number.
function build(description, made) {
  const [kind, argument, other] = description;
  const keep = (value) => (made.push(value), value);
  switch (kind) {
    case 'plain': return argument;
    case 'special': return { nan: NaN, inf: Infinity, ninf: -Infinity, zero: -0, undef: undefined }[argument];
    case 'bigint': return BigInt(argument);
    case 'array': { const a = keep([]); for (const d of argument) a.push(build(d, made)); return a; }
    case 'repeated': { const one = build(argument, made); return keep(new Array(other).fill(one)); }
    case 'sparse': {
      const a = keep([]);
      for (const [at, d] of argument) a[at] = build(d, made);
      a.length = Math.max(a.length, other);
      return a;
    }
    case 'object': {
      const o = keep({});
      for (const [key, d] of argument) o[key] = build(d, made);
      return o;
    }
    case 'bytes': return keep(new globalThis[other](new Uint8Array(argument).buffer));
    case 'date': return keep(new Date(argument));
    case 'url': return keep(new URL(argument));
    case 'again': return made.length > 1 ? made[1 + argument % (made.length - 1)] : null;
  }
}
const actions = {
  serialize: (description) => {
    const value = build(description, []);
    let text;
    try { text = kvin.serialize(value); kvin.deserialize(text); } catch (error) { return null; }
    return text;
  },
  // Tells which elements differ from what npm itself reads.
  compare: ([whole, parts]) => {
    const wanted = kvin.deserialize(whole);
    if (wanted.length !== parts.length) return ['length ' + wanted.length];
    const differing = [];
    for (let i = 0; i < parts.length; i++) {
      const got = kvin.deserialize(parts[i]);
      if (!util.isDeepStrictEqual(got, wanted[i])) differing.push([i, parts[i]]);
    }
    return differing;
  },
  json: (text) => {
    const plain = (v) => v instanceof Uint8Array ? { bytes: Array.from(v) }
      : v instanceof URL ? { url: v.href }
      : Object.is(v, -0) ? { number: '-0' }
      : typeof v === 'number' && !Number.isFinite(v) ? { number: String(v) }
      : Array.isArray(v) ? v.map(plain)
      : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, e]) => [k, plain(e)])) : v;
    return plain(kvin.deserialize(text));
  },
};
return ([action, argument]) => actions[action](argument);
"""

_texts = st.text(st.characters(codec="utf-8"), max_size=8)
_keys = _texts.filter(lambda key: key != "__proto__")
_numbers = st.floats() | st.integers(-(2**53), 2**53)
_plain: st.SearchStrategy[KvinValue] = st.recursive(
    st.none()
    | st.booleans()
    | _numbers
    | _texts
    | st.binary(max_size=20)
    | st.sampled_from((Url("http://example.org/a?b=%20"), Url("https://h/"))),
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(_keys, inner, max_size=5),
    max_leaves=15,
)


@pytest.fixture(scope="module")
def npm() -> Iterator[NodeOracle]:
    yield from kvin_oracle(_BODY)


_some = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
_many = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
_versions = st.sampled_from((kvin.VERSION, kvin.VERSION_OLD))


@_some
@given(value=_plain, version=_versions)
def test_npm_reads_what_is_written(npm: NodeOracle, value: KvinValue, version: str) -> None:
    assert_same(npm.ask(["json", kvin.encode(value, version)]), shown(value))


@pytest.mark.slow
@_many
@given(value=_plain, version=_versions)
def test_npm_reads_five_hundred_values(npm: NodeOracle, value: KvinValue, version: str) -> None:
    assert_same(npm.ask(["json", kvin.encode(value, version)]), shown(value))


@_some
@given(value=_plain)
def test_what_is_written_is_read_again(value: KvinValue) -> None:
    text = kvin.encode(value)

    assert_same(shown(kvin.decode(text)), shown(value))
    assert kvin.with_version(kvin.with_version(text, "v8"), "v9") == text
    assert kvin.with_version(text, "v8") == kvin.encode(value, "v8")


def test_what_npm_writes_of_plain_data_is_read(npm: NodeOracle) -> None:
    for seed in range(500):
        description = random_plain(Random(seed), 4)
        text = npm.ask(["serialize", description])
        assert isinstance(text, str)
        assert_same(shown(kvin.decode(text)), npm.ask(["json", text]))


def test_elements_of_an_array_are_what_npm_reads(npm: NodeOracle) -> None:
    compared = 0
    for seed in range(500):
        randomness = Random(seed)
        elements: JsonValue = [random_value(randomness, 3) for _ in range(randomness.randrange(20))]
        whole = npm.ask(["serialize", ["array", elements]])
        if whole is None:
            continue  # npm cannot read what it writes
        assert isinstance(whole, str)
        parts = kvin.split_array(json.loads(whole))
        assert npm.ask(["compare", [whole, [*parts]]]) == [], seed
        compared += '"seen"' in whole
    assert compared > 150


def test_elements_of_a_sparse_array_are_what_npm_reads(npm: NodeOracle) -> None:
    for seed in range(200):
        randomness = Random(seed)
        places = sorted(randomness.sample(range(40), randomness.randrange(1, 20)))
        elements: JsonValue = [[at, random_plain(randomness, 1)] for at in places]
        whole = npm.ask(["serialize", ["sparse", elements, randomness.randrange(50)]])
        assert isinstance(whole, str)
        parts = kvin.split_array(json.loads(whole))
        assert npm.ask(["compare", [whole, [*parts]]]) == [], seed


def test_repeated_elements_are_written_out() -> None:
    marshalled: JsonValue = {
        "_serializeVerId": "v9",
        "what": {"arr": [1, {"lst": 3}, "a", {"lst": 1}]},
    }

    texts = kvin.split_array(marshalled)

    assert [kvin.decode(text) for text in texts] == [1, 1, 1, 1, "a", "a"]
    assert {text[:23] for text in texts} == {'{"_serializeVerId":"v9"'}


def test_an_object_of_an_earlier_element_is_copied_into_a_later_one() -> None:
    shared: JsonValue = {"ctr": 0, "ps": {"a": {"arr": [1]}}}
    use: JsonValue = {"ctr": 0, "ps": {"x": {"seen": 1}, "y": {"seen": 2}, "z": {"seen": 3}}}
    what: JsonValue = {"arr": [shared, use]}

    texts = kvin.split_array({"_serializeVerId": "v9", "what": what})

    assert kvin.decode(texts[0]) == {"a": [1]}
    assert json.loads(texts[1])["what"]["ps"]["x"] == shared
    assert json.loads(texts[1])["what"]["ps"]["y"] == {"seen": 2}
    assert json.loads(texts[1])["what"]["ps"]["z"] == {"seen": 0}


def test_the_copy_of_a_part_is_the_part_of_the_copy() -> None:
    shared: JsonValue = {"ctr": 0, "ps": {"a": {"arr": [1]}}}
    use: JsonValue = {"arr": [{"seen": 2}, {"seen": 1}]}

    texts = kvin.split_array({"_serializeVerId": "v9", "what": {"arr": [shared, use]}})

    assert json.loads(texts[1])["what"] == {
        "arr": [{"arr": [1]}, {"ctr": 0, "ps": {"a": {"seen": 1}}}]
    }


@pytest.mark.parametrize(
    "what",
    [
        {"arr": [{"seen": 0}]},
        {"arr": [{"arr": [{"seen": 0}]}]},
        {"arr": [{"seen": 5}]},
        {"arr": [{"seen": 1}]},
        {"arr": [{"seen": -1}]},
        {"arr": [{"seen": True}]},
        {"arr": [{"seen": "1"}]},
        {"arr": [{"lst": 1}]},
        {"arr": [1, {"lst": 10**9}]},
        {"arr": [1, {"lst": 10**6}, {"lst": 10**6}]},
        {"arr": [1, {"lst": "x"}]},
        {"arr": [], "len": 10**9},
        {"arr": [], "ps": {"4000000000": 1}},
        {"arr": [], "isl": [{"@": 10**9, "arr": [1]}]},
        {"arr": [], "isl": [{"@": -1, "arr": [1]}]},
        {"arr": [], "isl": 5},
        {"arr": 5},
        {"raw": {}},
        {"seen": 0},
        {"arr": [{"what": 1}, {"seen": 1}]},
        {"arr": [], "isl": [{"@": 0, "arr": {"arr": [{"seen": 0}]}}]},
        {"arr": [], "ps": {"5": {"seen": 0}}},
        5,
        None,
    ],
)
def test_what_is_no_array_or_never_ends_is_refused(what: JsonValue) -> None:
    with pytest.raises(DcpRefused) as refused:
        kvin.split_array({"_serializeVerId": "v9", "what": what})

    assert refused.value.code == "EINVAL"


def test_an_object_used_by_many_elements_does_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.kvin_array.SPLIT_UNITS_MAX", 1_000_000)
    shared: JsonValue = {"ctr": 0, "ps": {"x": {"raw": "y" * 10_000}}}
    users: list[JsonValue] = [{"arr": [{"seen": 1}]} for _ in range(1000)]

    with pytest.raises(DcpRefused, match="too large"):
        kvin.split_array({"_serializeVerId": "v9", "what": {"arr": [shared, *users]}})


def test_an_object_that_doubles_by_references_is_refused() -> None:
    layers: JsonValue = {"arr": [1]}
    for depth in range(60):
        layers = {"arr": [layers, {"seen": 60 - depth}]}

    with pytest.raises(DcpRefused, match="parts"):
        kvin.decode(kvin.wrap(layers))


def test_a_chain_of_elements_is_bounded_in_depth() -> None:
    elements: list[JsonValue] = [{"arr": [{"seen": number - 1}]} for number in range(1, 1000)]
    elements[0] = {"arr": [1]}

    with pytest.raises(DcpRefused, match="deep"):
        kvin.split_array({"_serializeVerId": "v9", "what": {"arr": [*elements]}})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "[]",
        '{"what":1}',
        '{"_serializeVerId":"v9"}',
        '{"_serializeVerId":"v10","what":1}',
        '{"_serializeVerId":"v7","what":1}',
    ],
)
def test_what_is_no_kvin_is_refused(text: str) -> None:
    for read in (kvin.decode, kvin.check):
        with pytest.raises(DcpRefused):
            read(text)


@pytest.mark.parametrize(
    "what",
    [
        {"ctr": 0, "ps": {"a": {"seen": 0}}},
        {"arr": [{"seen": 0}]},
        {"seen": 0},
        {"ctr": "process", "ps": {}},
        {"ctr": 10, "args": ["(a+)+", ""]},
        {"fnName": "f", "ctr": 0, "arg": "() => 1"},
        {"ctr": 8, "ab8": "abcd"},
        {"ctr": 2, "ab8": "\u1000"},
        {"ctr": 2, "isl8": [{"0": "a", "@": 5}], "len": 5},
        {"ctr": 2, "isl8": [], "len": 10**12},
        {"ctr": 2, "isl8": [], "len": -1},
        {"arr": [1, {"lst": 10**7}]},
        {"number": "five"},
        {"json": 5},
        {"ctr": 0, "ps": []},
        {"what": 1},
        [],
    ],
)
def test_what_is_no_plain_data_is_not_read(what: JsonValue) -> None:
    with pytest.raises(DcpRefused):
        kvin.unmarshal({"_serializeVerId": "v9", "what": what})


def test_urls_are_told_from_other_values() -> None:
    assert kvin.url_of(kvin.encode(Url("http://a/b"))) == Url("http://a/b")
    assert kvin.url_of(kvin.encode(Url("http://a/b", is_dcp=True))) == Url(
        "http://a/b", is_dcp=True
    )
    assert kvin.url_of(kvin.encode("http://a/b")) is None
    assert kvin.url_of(kvin.encode({"arg": "http://a/b"})) is None
    assert kvin.url_of('{"_serializeVerId":"v9","what":{"ctr":19,"arg":"2020-01-01"}}') is None


def test_half_a_character_survives() -> None:
    text = kvin.encode(["\ud800", "\ud83d\ude00"])

    assert "\\ud800" in text
    assert text.encode()
    assert kvin.decode(text) == ["\ud800", "😀"]


# What is compared, and what values are made of


def assert_same(got: JsonValue, wanted: JsonValue) -> None:
    """Compare as V8 prints numbers: 66331481322779890 is a double's shortest name, not its value."""
    assert dumps(got) == dumps(wanted)


_NUMBERS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "-0.0": "-0"}


def shown(value: KvinValue) -> JsonValue:
    """Show a value as JSON can, as the oracle does."""
    if isinstance(value, bytes):
        return {"bytes": [*value]}
    if isinstance(value, Url):
        return {"url": value.href}
    if isinstance(value, float) and str(value) in _NUMBERS:
        return {"number": _NUMBERS[str(value)]}
    if isinstance(value, dict):
        return {key: shown(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shown(each) for each in value]
    assert value is None or isinstance(value, bool | int | float | str)
    return value


def random_plain(randomness: Random, depth: int) -> JsonValue:
    """Describe a random value of plain data, for the oracle to build."""
    match randomness.randrange(9 if depth else 6):
        case 0:
            return ["plain", randomness.choice((None, True, False, "", "é😀", "lst", 0, 1))]
        case 1:
            return ["plain", randomness.choice((1.5, -3, 2**53, 1e300, "seen"))]
        case 2:
            return ["special", randomness.choice(("nan", "inf", "ninf", "zero"))]
        case 3:
            zeros = bytes(randomness.choice((0, 0, 30)))
            octets = randomness.randbytes(randomness.randrange(12)) + zeros + b"x"
            return ["bytes", [*octets], "Uint8Array"]
        case 4 | 5:
            literals = '[[], {}, [1, 2], {"a": [1]}, [1,1,1,1,1,1,1,1,1], ["x","x","x","x"]]'
            return ["plain", randomness.choice(json.loads(literals))]
        case 6:
            return [
                "array",
                [random_plain(randomness, depth - 1) for _ in range(randomness.randrange(12))],
            ]
        case 7:
            return ["repeated", random_plain(randomness, 0), randomness.randrange(12)]
        case _:
            names = randomness.sample(["b", "1", "a", "0", "seen", "raw", "lst"], 4)
            return ["object", [[name, random_plain(randomness, depth - 1)] for name in names]]


def random_value(randomness: Random, depth: int) -> JsonValue:
    """Describe a random value that also shares objects and is of other classes."""
    match randomness.randrange(12 if depth else 8):
        case 0:
            return [
                "bytes",
                [*randomness.randbytes(16)],
                randomness.choice(("Float32Array", "Int16Array")),
            ]
        case 1:
            return ["date", 1_500_000_000_000]
        case 2 | 3:
            number, url = ["bigint", "12345678901234567890"], ["url", "http://example.org/x"]
            return [*randomness.choice((number, url))]
        case 4 | 5:
            return ["again", randomness.randrange(100)]
        case 6:
            return ["special", "undef"]
        case 7:
            return random_plain(randomness, depth)
        case 8 | 9:
            return [
                "array",
                [random_value(randomness, depth - 1) for _ in range(randomness.randrange(5))],
            ]
        case _:
            names = randomness.sample(["b", "1", "a", "0", "seen"], 3)
            return ["object", [[name, random_value(randomness, depth - 1)] for name in names]]
