"""KVIN texts from outside: the version around a prepared value, which stays what it is (dcp.md 2.4)."""

import json

from meshnode.node.dcp.data_uri import escape_surrogates
from meshnode.node.dcp.json_text import JsonRefused, dumps, loads
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.wire_limits import KVIN_ELEMENTS_MAX

VERSION = "v9"
VERSION_OLD = "v8"
"""Of dcp-client 4.x and its workers: the same but for the name."""

VERSION_KEY = "_serializeVerId"
_VERSIONS = (VERSION, VERSION_OLD)


def prepared(marshalled: JsonValue) -> JsonValue:
    """Take the prepared value out of a marshalled one. Raises DcpRefused."""
    if not isinstance(marshalled, dict) or "what" not in marshalled:
        raise DcpRefused("EINVAL", "the value is no KVIN")
    if marshalled.get(VERSION_KEY) not in _VERSIONS:
        raise DcpRefused("EINVAL", f"only KVIN {VERSION_OLD} and {VERSION} are known here")
    return marshalled["what"]


def wrap(what: JsonValue, version: str = VERSION) -> str:
    """Write a prepared value as a KVIN text. It is JSON for any reader, but not V8's to the byte.

    Raises:
        JsonRefused: a number is not finite.
    """
    try:
        body = json.dumps(what, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (ValueError, RecursionError) as err:
        raise JsonRefused(f"the value is no JSON: {err}") from err
    return f'{{"{VERSION_KEY}":"{version}","what":{escape_surrogates(body)}}}'


def check(text: str) -> None:
    """Check that a text is KVIN that can be handed on. Raises DcpRefused."""
    prepared(loads(text))


def with_version(text: str, version: str) -> str:
    """Write the same value for readers of another version. Raises DcpRefused."""
    return wrap(prepared(loads(text)), version)


def as_printed_by_v8(text: str) -> str:
    """Write a value just as the isolate writes it, so that equal values are equal texts. Raises DcpRefused."""
    return f'{{"{VERSION_KEY}":"{VERSION}","what":{dumps(prepared(loads(text)))}}}'


def repeat_count(element: JsonValue) -> int:
    """Tell how often an array's element repeats the one before it; 0 if it is one of its own. Raises DcpRefused."""
    if not isinstance(element, dict) or not element.get("lst"):
        return 0
    count = element["lst"]
    if isinstance(count, bool) or not isinstance(count, int) or not 0 < count <= KVIN_ELEMENTS_MAX:
        raise DcpRefused("EINVAL", f"an array has more than {KVIN_ELEMENTS_MAX} elements")
    return count
