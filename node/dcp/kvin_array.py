"""Splits a KVIN array into one KVIN text for each element (dcp.md 2.4).

Elements are taken over as they are. Only one that refers to objects (`seen`, numbered through the whole array in the
order in which npm's reader meets them) is written anew: references within it get new numbers, and what stands in an
earlier element is copied into it, as sending that element alone would have done.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from meshnode.node.dcp.json_text import array_index, ordered_keys
from meshnode.node.dcp.kvin_text import prepared, repeat_count, wrap
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.wire_limits import (
    JSON_DEPTH_MAX,
    KVIN_ELEMENTS_MAX,
    KVIN_NODES_MAX,
    SPLIT_UNITS_MAX,
)

_HOLE: JsonValue = {"undefined": True}
_ITSELF = 0
"""Number of the array that is split."""


def split_array(marshalled: JsonValue) -> tuple[str, ...]:
    """Give the KVIN text (v9) of each element of a marshalled array; holes are `undefined`.

    Takes a millisecond for some 50 KB: do it in a thread for large arrays.

    Raises:
        DcpRefused: it is no array, too large, or an element refers to the array itself.
    """
    what = prepared(marshalled)
    if not isinstance(what, dict):
        raise DcpRefused("EINVAL", "the value is no array")
    raw = what.get("raw")
    if isinstance(raw, list):
        return _texts(_plain(value) for value in raw)
    if not isinstance(what.get("arr"), list):
        raise DcpRefused("EINVAL", "the value is no array")
    return _texts(_resolved(what) if _has_references(what) else _elements(what))


def _texts(elements: Iterable[JsonValue]) -> tuple[str, ...]:
    texts: list[str] = []
    units = 0
    last: tuple[JsonValue, str] | None = None
    for element in elements:
        text = last[1] if last is not None and last[0] is element else wrap(element)
        last = element, text
        texts.append(text)
        units += len(text)
        if len(texts) > KVIN_ELEMENTS_MAX or units > SPLIT_UNITS_MAX:
            raise DcpRefused("EINVAL", "the array is too large once its elements are apart")
    return tuple(texts)


def _plain(value: JsonValue) -> JsonValue:
    """Prepare a value that is its own JSON."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else {"raw": value}


def _has_references(what: JsonValue) -> bool:
    """Tell whether there may be a reference; a member that only has its name counts, too."""
    todo = [what]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            if "seen" in value:
                return True
            value = list(value.values())
        if isinstance(value, list):
            todo += [each for each in value if isinstance(each, dict | list)]
    return False


# Arrays without references


def _elements(what: Mapping[str, JsonValue]) -> Iterator[JsonValue]:
    """Give the elements of an array in which nothing refers to anything."""
    if what.keys() == {"arr"}:
        return _repeated(what["arr"])
    return _placed(_occurrences(what), what.get("len"))


def _placed(
    elements: Iterable[tuple[int | None, JsonValue]], length: JsonValue
) -> Iterator[JsonValue]:
    """Put the parts of a sparse array in their places, later ones over earlier ones."""
    values: list[JsonValue] = []
    for at, element in elements:
        if at is None:
            continue
        if not 0 <= at < KVIN_ELEMENTS_MAX:
            raise DcpRefused("EINVAL", f"the array has more than {KVIN_ELEMENTS_MAX} elements")
        values += [_HOLE] * (at + 1 - len(values))
        values[at] = element
    if isinstance(length, int) and length > 0:
        if length > KVIN_ELEMENTS_MAX:
            raise DcpRefused("EINVAL", f"the array has more than {KVIN_ELEMENTS_MAX} elements")
        values += [_HOLE] * (length - len(values))
        del values[length:]
    return iter(values)


def _occurrences(what: Mapping[str, JsonValue]) -> Iterator[tuple[int | None, JsonValue]]:
    """Give the prepared values of an array in the order in which npm's unprepare$Array reads them.

    Each has its index, or None if it is no element. An island of a sparse array that is an array by itself counts as an
    object, too, before its elements.
    """
    yield from enumerate(_repeated(what.get("arr")))
    for island in _islands(what):
        at, array = island["@"], island["arr"]
        assert isinstance(at, int)
        if isinstance(array, dict):
            yield None, {"arr": []}
            yield from enumerate(_repeated(array.get("arr")), at)
        else:
            yield from enumerate(map(_plain, _list(array)), at)
    properties = what.get("ps")
    for key in ordered_keys(properties) if isinstance(properties, dict) else ():
        if isinstance(properties, dict):
            yield array_index(key), properties[key]


def _islands(what: Mapping[str, JsonValue]) -> Iterator[Mapping[str, JsonValue]]:
    for island in _list(what.get("isl", [])):
        match island:
            case {"@": int(at), "arr": (list() | dict()) as array}:
                yield {"@": at, "arr": array}
            case _:
                raise DcpRefused("EINVAL", "the sparse array is no KVIN")


def _repeated(elements: JsonValue) -> Iterator[JsonValue]:
    """Give an array's elements, repeated ones each time."""
    last: JsonValue = None
    for at, element in enumerate(_list(elements)):
        repeats = repeat_count(element)
        if repeats and not at:
            raise DcpRefused("EINVAL", "the array begins with a repetition of nothing")
        if not repeats:
            last = {"raw": None} if element is None else element
        for _ in range(repeats or 1):
            yield last


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise DcpRefused("EINVAL", "the array is no KVIN")
    return value


# Arrays with references


class _Kind(Enum):
    """What npm's reader takes a prepared value for."""

    LEAF = "leaf"
    REFERENCE = "reference"
    OBJECT = "object"
    MAP = "map"
    SET = "set"
    ARRAY = "array"
    WHOLE = "whole"
    """Numbered, and without numbered values within: bytes, symbols, values marshalled by themselves."""
    PROMISE = "promise"


_KINDS = (
    (("raw", "ptv", "number", "bigint"), _Kind.LEAF),
    (("fnName",), _Kind.OBJECT),
    (("mapKeys", "mapVals"), _Kind.MAP),
    (("ab16", "isl16", "ab8", "isl8"), _Kind.WHOLE),
    (("arr",), _Kind.ARRAY),
    (("ctr",), _Kind.OBJECT),
    (("set",), _Kind.SET),
    (("json", "undefined"), _Kind.LEAF),
    (("symbol",), _Kind.WHOLE),
    (("resolve", "reject"), _Kind.PROMISE),
    (("seen",), _Kind.REFERENCE),
    (("_serializeVerId",), _Kind.WHOLE),
)
"""In the reader's order: the first that fits counts."""
_NUMBERED = frozenset({_Kind.OBJECT, _Kind.MAP, _Kind.ARRAY, _Kind.WHOLE})


def _kind(what: JsonValue) -> _Kind:
    if not isinstance(what, dict):
        return _Kind.LEAF
    for names, kind in _KINDS:
        if any(name in what for name in names):
            return kind
    raise DcpRefused("EINVAL", "a value is no KVIN")


def _resolved(what: Mapping[str, JsonValue]) -> Iterator[JsonValue]:
    """Give the elements of an array, each with what it refers to."""
    objects: list[JsonValue] = [None]
    parts: list[tuple[int | None, JsonValue, int]] = []
    for at, element in _occurrences(what):
        parts.append((at, element, len(objects)))
        _number(element, objects, JSON_DEPTH_MAX)
    return _placed(_copies(parts, objects), what.get("len"))


def _copies(
    parts: Iterable[tuple[int | None, JsonValue, int]], objects: list[JsonValue]
) -> Iterator[tuple[int | None, JsonValue]]:
    copied = 0
    for at, element, first in parts:
        copy = _Copy(objects)
        yield at, copy.copy(element, first, JSON_DEPTH_MAX)[0]
        copied += copy.size
        if copied > KVIN_NODES_MAX:
            raise DcpRefused("EINVAL", "the elements share too much to be taken apart")


def _number(what: JsonValue, objects: list[JsonValue], depth: int) -> None:
    """Note the objects within a value in the order of their numbers."""
    kind = _kind(what)
    if depth == 0 or len(objects) > KVIN_NODES_MAX:
        raise DcpRefused("EINVAL", "the value is too deep or has too many parts")
    if kind in _NUMBERED:
        objects.append(what)
    for child in _children(what, kind):
        _number(child, objects, depth - 1)


def _children(what: JsonValue, kind: _Kind) -> Iterator[JsonValue]:
    """Give the prepared values within a value in the reader's order."""
    if not isinstance(what, dict):
        return
    match kind:
        case _Kind.ARRAY:
            yield from _repeated(what["arr"])
            yield from (each["arr"] for each in _islands(what) if isinstance(each["arr"], dict))
        case _Kind.MAP:
            yield what.get("mapKeys")
            yield what.get("mapVals")
        case _Kind.SET:
            yield what["set"]
        case _Kind.PROMISE:
            yield what["resolve"] if "resolve" in what else what["reject"]
        case _Kind.OBJECT | _Kind.LEAF | _Kind.REFERENCE | _Kind.WHOLE:
            pass
    properties = what.get("ps")
    if kind in (_Kind.ARRAY, _Kind.MAP, _Kind.OBJECT) and isinstance(properties, dict):
        for key in ordered_keys(properties):
            yield properties[key]


@dataclass(slots=True)
class _Copy:
    """Writes one element anew."""

    objects: list[JsonValue]
    """All objects of the array by number."""
    numbers: dict[int, int] = field(default_factory=dict)
    """New number of each object that is written, by its old one."""
    size: int = 0

    def copy(self, what: JsonValue, number: int, depth: int) -> tuple[JsonValue, int]:
        """Write a value whose first object has `number`; return it and the number behind its last object."""
        self.size += 1
        if depth == 0 or self.size > KVIN_NODES_MAX:
            raise DcpRefused("EINVAL", "the value is too deep or has too many parts")
        kind = _kind(what)
        if kind is _Kind.REFERENCE:
            return self._referred(what, number, depth), number
        if kind is _Kind.LEAF or not isinstance(what, dict):
            return what, number
        if kind in _NUMBERED:
            if number in self.numbers:
                return {"seen": self.numbers[number]}, number + _count(what)
            self.numbers[number] = len(self.numbers)
            number += 1
        children: list[JsonValue] = []
        for child in _children(what, kind):
            copied, number = self.copy(child, number, depth - 1)
            children.append(copied)
        return _rebuilt(what, kind, children), number

    def _referred(self, what: JsonValue, number: int, depth: int) -> JsonValue:
        target = what.get("seen") if isinstance(what, dict) else None
        if isinstance(target, bool) or not isinstance(target, int) or not 0 <= target < number:
            raise DcpRefused("EINVAL", "a reference leads nowhere")
        if target == _ITSELF:
            raise DcpRefused("EINVAL", "an element refers to the array that it is in")
        if target in self.numbers:
            return {"seen": self.numbers[target]}
        return self.copy(self.objects[target], target, depth - 1)[0]


def _count(what: JsonValue) -> int:
    """Count the numbered objects of a value."""
    objects: list[JsonValue] = []
    _number(what, objects, JSON_DEPTH_MAX)
    return len(objects)


def _rebuilt(what: Mapping[str, JsonValue], kind: _Kind, children: list[JsonValue]) -> JsonValue:
    """Put copied children in the places of the old ones; repetitions are written out."""
    rebuilt = dict(what)
    left = iter(children)
    match kind:
        case _Kind.ARRAY:
            rebuilt["arr"] = [next(left) for _ in _repeated(what["arr"])]
            islands = [dict(island) for island in _islands(what)]
            for island in islands:
                if isinstance(island["arr"], dict):
                    island["arr"] = next(left)
            if islands:
                rebuilt["isl"] = [*islands]
        case _Kind.MAP:
            rebuilt["mapKeys"], rebuilt["mapVals"] = next(left), next(left)
        case _Kind.SET:
            rebuilt["set"] = next(left)
        case _Kind.PROMISE:
            rebuilt["resolve" if "resolve" in what else "reject"] = next(left)
        case _Kind.OBJECT | _Kind.WHOLE | _Kind.LEAF | _Kind.REFERENCE:
            pass
    properties = what.get("ps")
    if kind in (_Kind.ARRAY, _Kind.MAP, _Kind.OBJECT) and isinstance(properties, dict):
        rebuilt["ps"] = {key: next(left) for key in ordered_keys(properties)}
    return rebuilt
