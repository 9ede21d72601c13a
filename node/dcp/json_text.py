"""JSON as V8 prints and reads it, and where in a received text a member stands.

DCP signs the text that `JSON.stringify` gives and checks it after parsing and printing anew (dcp.md 4.1), so what we
sign must be that text to the byte: integer-like keys first and ascending, numbers as ECMAScript prints them, lone
surrogates escaped, everything else beyond ASCII raw. What we verify is never printed again: its raw text is cut out.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from json.encoder import encode_basestring

from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.wire_limits import JSON_DEPTH_MAX, MESSAGE_UNITS_MAX

_INDEX_KEY = re.compile(r"0|[1-9][0-9]{0,9}")
_INDEX_MAX = 2**32 - 2
"""Greatest array index of ECMAScript: greater integers are keys like others."""
_INTEGER_EXACT_MAX = 2**53
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SURROGATE_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]")
_ESCAPED_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r]*")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


class JsonRefused(DcpRefused):
    """A text is no JSON, or too large or too deep; or a value is none that JSON can say."""

    def __init__(self, message: str) -> None:
        super().__init__("EINVAL", message)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object in a text."""

    start: int
    stop: int
    value: JsonValue


def dumps(value: JsonValue) -> str:
    """Print a value as V8's `JSON.stringify` would, were it read from our text.

    Raises:
        JsonRefused: it is nested deeper than JSON_DEPTH_MAX, or is no JSON value.
    """
    pieces: list[str] = []
    _print(value, pieces, JSON_DEPTH_MAX)
    return "".join(pieces)


def loads(text: str) -> JsonValue:
    """Read a JSON text; of members with the same name the last one counts.

    Raises:
        JsonRefused: it is no JSON (NaN and Infinity are not), or too large or too deep.
    """
    check_bounds(text)
    value, stop = decode_at(text, _skip_space(text, 0))
    if _skip_space(text, stop) != len(text):
        raise JsonRefused("the text goes on behind the value")
    return value


def check_bounds(text: str) -> None:
    """Check a text's length and nesting before it is parsed, or raise JsonRefused."""
    if len(text) > MESSAGE_UNITS_MAX:
        raise JsonRefused(f"the text has more than {MESSAGE_UNITS_MAX} characters")
    if text.count("[") + text.count("{") > JSON_DEPTH_MAX and _depth(text) > JSON_DEPTH_MAX:
        raise JsonRefused(f"the value is nested deeper than {JSON_DEPTH_MAX}")


def decode_at(text: str, start: int) -> tuple[JsonValue, int]:
    """Read the value that begins at `start`; return it and where it ends. The text's bounds were checked.

    Raises:
        JsonRefused: there is none.
    """
    value: JsonValue
    try:
        value, stop = _decoder.raw_decode(text, start)
    except (ValueError, RecursionError) as err:
        raise JsonRefused(f"the text is no JSON: {err}") from err
    return value, stop


def read_object(text: str, start: int, read_value: Callable[[str, int], int]) -> int:
    """Walk over the members of the object that begins at `start`; return where it ends.

    `read_value` gets a member's name and where its value begins, and returns where the value ends.

    Raises:
        JsonRefused: there is no object.
    """
    at = _expect(text, start, "{")
    if text[at : at + 1] == "}":
        return at + 1
    while True:
        if text[at : at + 1] != '"':
            raise JsonRefused(f"character {at} should begin a member's name")
        key, at = decode_at(text, at)
        assert isinstance(key, str)
        at = read_value(key, _expect(text, _skip_space(text, at), ":"))
        at = _skip_space(text, at)
        if text[at : at + 1] == "}":
            return at + 1
        at = _expect(text, at, ",")


def members(text: str, start: int) -> tuple[dict[str, Member], int]:
    """Read the object that begins at `start`, keeping where each value stands; return also where it ends.

    Raises:
        JsonRefused: there is no object.
    """
    found: dict[str, Member] = {}

    def read_value(key: str, at: int) -> int:
        value, stop = decode_at(text, at)
        found[key] = Member(at, stop, value)
        return stop

    return found, read_object(text, start, read_value)


def elements(text: str, start: int) -> list[dict[str, Member]]:
    """Read the array of objects that begins at `start`, as `members` does each of them.

    Raises:
        JsonRefused: there is no array of objects.
    """
    found: list[dict[str, Member]] = []
    at = _expect(text, start, "[")
    if text[at : at + 1] == "]":
        return found
    while True:
        element, at = members(text, at)
        found.append(element)
        at = _skip_space(text, at)
        if text[at : at + 1] == "]":
            return found
        at = _expect(text, at, ",")


def array_index(key: str) -> int | None:
    """Tell the array index that a key is, if it is one."""
    return int(key) if _INDEX_KEY.fullmatch(key) and int(key) <= _INDEX_MAX else None


def ordered_keys(value: Mapping[str, JsonValue]) -> Iterable[str]:
    """Give an object's keys as V8 keeps them: array indices ascending, then the others as they came."""
    indices = [key for key in value if _INDEX_KEY.fullmatch(key) and int(key) <= _INDEX_MAX]
    if not indices:
        return value
    first = set(indices)
    return [*sorted(indices, key=int), *(key for key in value if key not in first)]


def join_surrogates(text: str) -> str:
    """Make characters of the pairs of surrogates in a text that was cut and joined in UTF-16 units."""
    if _SURROGATE_PAIR.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _refuse_constant(name: str) -> JsonValue:
    raise JsonRefused(f"{name} is no JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def _expect(text: str, at: int, character: str) -> int:
    if text[at : at + 1] != character:
        raise JsonRefused(f"character {at} should be {character}")
    return _skip_space(text, at + 1)


def _skip_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    assert space is not None, "the pattern matches nothing, too"
    return space.end()


def _depth(text: str) -> int:
    """Tell how deep brackets are nested outside of strings."""
    outside = _ESCAPED_STRING.sub("", text).encode("ascii", "replace")
    brackets = outside.translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def _print(value: JsonValue, pieces: list[str], depth: int) -> None:
    if isinstance(value, str):
        pieces.append(_quoted(value))
    elif isinstance(value, bool) or value is None:
        pieces.append(_CONSTANTS[value])
    elif isinstance(value, int | float):
        pieces.append(number_text(value))
    elif depth == 0:
        raise JsonRefused(f"the value is nested deeper than {JSON_DEPTH_MAX}")
    elif isinstance(value, list):
        _print_list(value, pieces, depth - 1)
    elif isinstance(value, dict):
        _print_object(value, pieces, depth - 1)
    else:
        raise JsonRefused(f"{type(value).__name__} is no JSON value")


_CONSTANTS = {True: "true", False: "false", None: "null"}


def _print_list(value: list[JsonValue], pieces: list[str], depth: int) -> None:
    separator = "["
    for element in value:
        pieces.append(separator)
        _print(element, pieces, depth)
        separator = ","
    pieces.append("]" if value else "[]")


def _print_object(value: Mapping[str, JsonValue], pieces: list[str], depth: int) -> None:
    separator = "{"
    for key in ordered_keys(value):
        pieces.append(separator + _quoted(key) + ":")
        _print(value[key], pieces, depth)
        separator = ","
    pieces.append("}" if value else "{}")


def _quoted(text: str) -> str:
    """Print a string: JSON's escapes, and lone surrogates escaped as well (well-formed JSON.stringify, ES2019)."""
    if _SURROGATE.search(text) is None:
        return encode_basestring(text)
    escaped = encode_basestring(join_surrogates(text))
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped)


def number_text(number: float) -> str:
    """Print a number as ECMAScript does (Number::toString, ECMA-262 6.1.6.1.20); not finite ones as JSON's null."""
    if isinstance(number, int) and -_INTEGER_EXACT_MAX <= number <= _INTEGER_EXACT_MAX:
        return str(number)
    try:
        double = float(number)
    except OverflowError:
        return "null"
    if not math.isfinite(double):
        return "null"
    if double == 0:
        return "0"
    mantissa, _, exponent = repr(abs(double)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    sign = "-" if double < 0 else ""
    return sign + _placed(digits.rstrip("0"), point)


def _placed(digits: str, point: int) -> str:
    """Put the decimal point behind `point` digits, or use an exponent where ECMAScript does."""
    count = len(digits)
    if count <= point <= 21:  # noqa: PLR2004  the standard's bounds of decimal notation
        return digits + "0" * (point - count)
    if 0 < point <= 21:  # noqa: PLR2004
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:  # noqa: PLR2004
        return "0." + "0" * -point + digits
    fraction = f".{digits[1:]}" if count > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
