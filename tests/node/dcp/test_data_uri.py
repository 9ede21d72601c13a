"""`data:` URIs: ECMAScript's encodeURI and decodeURI to the byte."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.node.dcp.node_oracle import NodeOracle

from meshnode.node.dcp.data_uri import (
    DataUri,
    data_uri,
    decode_uri,
    encode_uri,
    json_data_uri,
    kvin_data_uri,
    read_data_uri,
)
from meshnode.node.dcp.port import DcpRefused

_texts = st.text(st.characters(codec="utf-8")) | st.text(
    st.characters(min_codepoint=0, max_codepoint=127)
)
_escaped = st.text("%0123456789ABCDEFabcdef,;/", max_size=30)


@pytest.fixture(scope="module")
def v8() -> Iterator[NodeOracle]:
    body = """
    return ([name, text]) => {
      try { return globalThis[name](text); } catch (error) { return { refused: error.name }; }
    };"""
    with closing(NodeOracle(body)) as oracle:
        yield oracle


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=_texts)
@example(text="".join(map(chr, range(256))))
def test_texts_are_escaped_as_by_encode_uri(v8: NodeOracle, text: str) -> None:
    assert encode_uri(text) == v8.ask(["encodeURI", text])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=_escaped | _texts.map(encode_uri))
@example(text="%2C%2c%252C%3b%40%23%24%26%2B%3D%3F%2F%3A%41%e2%82%ac")
def test_escapes_are_undone_as_by_decode_uri(v8: NodeOracle, text: str) -> None:
    try:
        decoded: object = decode_uri(text)
    except DcpRefused:
        decoded = {"refused": "URIError"}

    assert decoded == v8.ask(["decodeURI", text])


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(text=_texts)
def test_a_text_survives_its_uri(text: str) -> None:
    assert read_data_uri(data_uri(text)) == DataUri("text/plain", text)
    assert read_data_uri(kvin_data_uri(text)) == DataUri("application/x-kvin", text)
    assert read_data_uri(json_data_uri(text)) == DataUri("application/json", text)


def test_half_a_character_in_json_is_written_as_jsons_escape() -> None:
    assert read_data_uri(json_data_uri('"\ud800"')).text == '"\\ud800"'
    assert read_data_uri(json_data_uri('"\ud83d\ude00"')).text == '"😀"'
    with pytest.raises(DcpRefused):
        data_uri("\ud800")


@pytest.mark.parametrize(
    ("uri", "read"),
    [
        ("data:,(x)%20=%3E%20x+1", DataUri("text/plain", "(x) => x+1")),
        ("data:text/plain;base64,w6k=", DataUri("text/plain", "Ã©")),
        ("data:text/plain;charset=utf-8;base64,w6k", DataUri("text/plain", "é")),
        ("DATA:Application/JSON,[1]", DataUri("application/json", "[1]")),
        ("data:application/octet-stream;base64,AP8=", DataUri("application/octet-stream", "\0ÿ")),
        ("data:,a,b", DataUri("text/plain", "a,b")),
    ],
)
def test_uris_of_clients_are_read(uri: str, read: DataUri) -> None:
    assert read_data_uri(uri) == read


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "data:",
        "http://a/,",
        "data:,%",
        "data:,%zz",
        "data:,%ff",
        "data:;base64,a!b",
        "data:;base64,a",
    ],
)
def test_malformed_uris_are_refused(uri: str) -> None:
    with pytest.raises(DcpRefused):
        read_data_uri(uri)
