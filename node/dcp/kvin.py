"""KVIN, DCP's superset of JSON, as far as a gateway handles it: values stay texts (dcp.md 2.4).

Plain Python data is written and read here, and `kvin_array` splits an array of values into one text for each element;
what the values mean only the JavaScript that runs on them knows. A *prepared* value is KVIN's JSON form of a value.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from meshnode.node.dcp.json_text import loads, ordered_keys
from meshnode.node.dcp.kvin_array import split_array
from meshnode.node.dcp.kvin_text import (
    VERSION,
    VERSION_KEY,
    VERSION_OLD,
    as_printed_by_v8,
    check,
    prepared,
    repeat_count,
    with_version,
    wrap,
)
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.wire_limits import KVIN_ELEMENTS_MAX, KVIN_NODES_MAX

__all__ = [
    "VERSION",
    "VERSION_OLD",
    "KvinValue",
    "Url",
    "as_printed_by_v8",
    "check",
    "decode",
    "encode",
    "marshal",
    "prepare",
    "prepared",
    "split_array",
    "unmarshal",
    "url_of",
    "with_version",
    "wrap",
]

_OBJECT = 0
_UINT8 = 2
_URL = 18
"""Numbers of constructors."""
_DCP_URL = "dcpUrl$$DcpURL"
_URL_CONSTRUCTORS = (_URL, "URL", _DCP_URL, "DcpURL")
_URL_TEXT_MAX = 10_000
_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


@dataclass(frozen=True, slots=True)
class Url:
    """A URL among KVIN data."""

    href: str
    is_dcp: bool = False
    """It is of DCP's own class, which configurations want, and not JavaScript's."""


KvinValue: TypeAlias = (
    "bool | int | float | str | bytes | Url | Sequence[KvinValue] | Mapping[str, KvinValue] | None"
)
"""Plain data; bytes are a Uint8Array, and JavaScript's undefined is None."""


def encode(value: KvinValue, version: str = VERSION) -> str:
    """Write plain data as a KVIN text."""
    return wrap(prepare(value), version)


def marshal(value: KvinValue, version: str = VERSION) -> JsonValue:
    """Write plain data as the object that a KVIN text is the JSON of."""
    return {VERSION_KEY: version, "what": prepare(value)}


def decode(text: str) -> KvinValue:
    """Read a KVIN text of plain data.

    Raises:
        DcpRefused: it is no KVIN text, or holds what is no plain data, or refers to itself.
    """
    return unmarshal(loads(text))


def unmarshal(marshalled: JsonValue) -> KvinValue:
    """Read plain data from the object that a KVIN text is the JSON of. Raises DcpRefused."""
    return _Reader().read(prepared(marshalled))


def url_of(text: str) -> Url | None:
    """Tell the URL that a KVIN text is, if it is one."""
    if len(text) > _URL_TEXT_MAX or '"arg"' not in text:
        return None
    what = prepared(loads(text))
    if isinstance(what, dict) and what.get("ctr") in _URL_CONSTRUCTORS:
        href = what.get("arg")
        return Url(href, what.get("ctr") == _DCP_URL) if isinstance(href, str) else None
    return None


def prepare(value: KvinValue) -> JsonValue:
    """Write plain data as a prepared value."""
    if isinstance(value, float):
        return _prepare_float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value is None or isinstance(value, bool | str):
        return {"raw": value}
    if isinstance(value, bytes):
        return {"ctr": _UINT8, "ab8": value.decode("latin-1")}
    if isinstance(value, Url):
        return {"ctr": _DCP_URL if value.is_dcp else _URL, "ps": {}, "arg": value.href}
    if isinstance(value, Mapping):
        return {"ctr": _OBJECT, "ps": {key: prepare(each) for key, each in value.items()}}
    return {"arr": [_prepare_element(element) for element in value]}


def _prepare_element(value: KvinValue) -> JsonValue:
    """Within arrays texts and truth values stand bare; null does not, for the reader would stumble over it."""
    return value if isinstance(value, str | bool) else prepare(value)


def _prepare_float(value: float) -> JsonValue:
    if math.isnan(value):
        return {"number": "NaN"}
    if math.isinf(value):
        return {"number": "Infinity" if value > 0 else "-Infinity"}
    return {"json": "-0"} if value == 0 and math.copysign(1, value) < 0 else value


@dataclass(slots=True)
class _Seen:
    """An object that the reader has met; `value` is there when it is whole."""

    value: KvinValue = None
    is_whole: bool = False
    size: int = 0


@dataclass(slots=True)
class _Reader:
    """Reads one prepared value of plain data, as npm's unprepare does."""

    seen: list[_Seen] = field(default_factory=list)
    size: int = 0
    """Values read, those behind references counted each time: written again they would be copies."""

    def read(self, what: JsonValue) -> KvinValue:
        self._count(1)
        if what is None or isinstance(what, bool | int | float | str):
            return what
        if not isinstance(what, dict):
            raise DcpRefused("EINVAL", "the value is no KVIN")
        if "raw" in what:
            return _raw(what["raw"])
        if "number" in what or "json" in what or "undefined" in what:
            return _special(what)
        if "seen" in what:
            return self._reference(what["seen"])
        if "ab8" in what or "isl8" in what:
            return self._bytes(what)
        if "arr" in what:
            return self._array(what)
        if what.get("ctr") in _URL_CONSTRUCTORS and isinstance(what.get("arg"), str):
            return self._note(Url(str(what["arg"]), what["ctr"] == _DCP_URL))
        if what.get("ctr") == _OBJECT and "arg" not in what and "fnName" not in what:
            return self._object(what.get("ps", {}))
        raise DcpRefused("EINVAL", "the value is not plain data")

    def _array(self, what: Mapping[str, JsonValue]) -> KvinValue:
        if what.keys() - {"arr"} or not isinstance(what["arr"], list):
            raise DcpRefused("EINVAL", "the array is not plain")
        mine = self._enter()
        values: list[KvinValue] = []
        last: JsonValue = None
        for element in what["arr"]:
            repeats = repeat_count(element)
            if repeats == 0:
                last = element
            if len(values) + repeats > KVIN_ELEMENTS_MAX:
                raise DcpRefused("EINVAL", f"the array has more than {KVIN_ELEMENTS_MAX} elements")
            values.extend(self.read(last) for _ in range(repeats or 1))
        return self._leave(mine, values)

    def _object(self, properties: JsonValue) -> KvinValue:
        if not isinstance(properties, dict):
            raise DcpRefused("EINVAL", "the object is no KVIN")
        mine = self._enter()
        values = {key: self.read(properties[key]) for key in ordered_keys(properties)}
        return self._leave(mine, values)

    def _bytes(self, what: Mapping[str, JsonValue]) -> KvinValue:
        text, islands, size = what.get("ab8"), what.get("isl8"), what.get("len")
        if what.get("ctr") not in (_UINT8, "Buffer"):
            raise DcpRefused("EINVAL", "of typed arrays only bytes are plain data")
        if isinstance(text, str):
            return self._note(_latin(text))
        if not isinstance(islands, list) or not isinstance(size, int):
            raise DcpRefused("EINVAL", "the bytes are no KVIN")
        self._count(size)
        data = bytearray(size)
        for island in islands:
            match island:
                case {"0": str(piece), "@": int(at)} if 0 <= at <= size - len(piece):
                    data[at : at + len(piece)] = _latin(piece)
                case _:
                    raise DcpRefused("EINVAL", "the bytes are no KVIN")
        return self._note(bytes(data))

    def _reference(self, number: JsonValue) -> KvinValue:
        if not isinstance(number, int) or not 0 <= number < len(self.seen):
            raise DcpRefused("EINVAL", "a reference leads nowhere")
        target = self.seen[number]
        if not target.is_whole:
            raise DcpRefused("EINVAL", "the value refers to itself")
        self._count(target.size)
        return target.value

    def _note(self, value: KvinValue) -> KvinValue:
        return self._leave(self._enter(), value)

    def _enter(self) -> _Seen:
        mine = _Seen(size=self.size)
        self.seen.append(mine)
        return mine

    def _leave(self, mine: _Seen, value: KvinValue) -> KvinValue:
        mine.value, mine.is_whole, mine.size = value, True, self.size - mine.size
        return value

    def _count(self, size: int) -> None:
        self.size += size
        if size < 0 or self.size > KVIN_NODES_MAX:
            raise DcpRefused("EINVAL", f"the value has more than {KVIN_NODES_MAX} parts")


def _raw(value: JsonValue) -> KvinValue:
    return value


def _special(what: Mapping[str, JsonValue]) -> KvinValue:
    if "number" in what:
        number = _NUMBERS.get(str(what["number"]))
        if number is None:
            raise DcpRefused("EINVAL", "the number is no KVIN")
        return number
    if "json" in what:
        text = what["json"]
        if not isinstance(text, str):
            raise DcpRefused("EINVAL", "the value is no KVIN")
        return -0.0 if text == "-0" else loads(text)
    return None


def _latin(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as err:
        raise DcpRefused("EINVAL", "the bytes are no KVIN") from err
