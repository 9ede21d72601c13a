"""`data:` URIs as DCP writes and reads them (dcp.md 2.5): escaped by ECMAScript's encodeURI, which is not RFC 3986.

The reader uses decodeURI, which leaves escapes of reserved characters as they are; so those must not be escaped.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote

from meshnode.node.dcp.json_text import join_surrogates
from meshnode.node.dcp.port import DcpRefused

KVIN_TYPE = "application/x-kvin"
JSON_TYPE = "application/json"

_ESCAPES = tuple((character, f"%{ord(character):02X}") for character in '%"<>[\\]^`{|} ')
"""What encodeURI escapes of printable ASCII; the sign of escapes itself comes first."""
_OTHERS = re.compile(r"[^\x20-\x7e]+")
_RESERVED = re.compile(r"%(2[346BCFbcf]|3[ABDFabdf]|40)")
"""Escapes of ; , / ? : @ & = + $ # (ECMA-262 19.2.6.1, uriReserved and #)."""
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class DataUri:
    """What a `data:` URI says."""

    media_type: str
    """In lower case and without parameters; `text/plain` if none is named."""
    text: str
    """Of base64 that is not declared to be UTF-8, one character for each byte."""


def encode_uri(text: str) -> str:
    """Escape a text as ECMAScript's encodeURI does.

    Raises:
        DcpRefused: it has half a character (a lone surrogate).
    """
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    try:
        return _OTHERS.sub(_escape, text)
    except UnicodeEncodeError as err:
        raise DcpRefused("EINVAL", "the text has half a character") from err


def decode_uri(text: str) -> str:
    """Undo encodeURI as ECMAScript's decodeURI does.

    Raises:
        DcpRefused: an escape is malformed.
    """
    if _MALFORMED.search(text):
        raise DcpRefused("EINVAL", "the URI has a malformed escape")
    try:
        return unquote(_RESERVED.sub(r"%25\1", text), errors="strict")
    except UnicodeDecodeError as err:
        raise DcpRefused("EINVAL", "the URI has escapes that are no UTF-8") from err


def data_uri(text: str, media_type: str = "") -> str:
    """Write a text as a `data:` URI; without media type as DCP writes work functions."""
    return f"data:{media_type},{encode_uri(text)}"


def kvin_data_uri(text: str) -> str:
    """Write a KVIN text as a `data:` URI."""
    return data_uri(escape_surrogates(text), KVIN_TYPE)


def json_data_uri(text: str) -> str:
    """Write a JSON text as a `data:` URI."""
    return data_uri(escape_surrogates(text), JSON_TYPE)


def read_data_uri(uri: str) -> DataUri:
    """Read a `data:` URI.

    Raises:
        DcpRefused: it is none, or malformed.
    """
    head, comma, payload = uri.partition(",")
    if head[:5].lower() != "data:" or not comma:
        raise DcpRefused("EINVAL", "this is no data: URI")
    media_type, *parameters = (part.strip().lower() for part in head[5:].split(";"))
    media_type = media_type or "text/plain"
    if "base64" not in parameters:
        return DataUri(media_type, decode_uri(payload))
    is_utf8 = any(parameter in ("charset=utf-8", "charset=utf8") for parameter in parameters)
    return DataUri(media_type, _from_base64(payload, "utf-8" if is_utf8 else "latin-1"))


def escape_surrogates(json_text: str) -> str:
    """Write the lone surrogates within strings of a JSON text as JSON's escapes, which URIs and UTF-8 can carry."""
    if _SURROGATE.search(json_text) is None:
        return json_text
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", join_surrogates(json_text))


def _escape(match: "re.Match[str]") -> str:
    return "".join(f"%{octet:02X}" for octet in match[0].encode())


def _from_base64(payload: str, encoding: str) -> str:
    try:
        padding = "=" * (-len(payload) % 4)
        return base64.b64decode(unquote(payload) + padding, validate=True).decode(encoding)
    except (binascii.Error, UnicodeDecodeError, ValueError) as err:
        raise DcpRefused("EINVAL", "the data: URI's base64 is malformed") from err
