"""Input sets that a job names by rule instead of by value: ranges, their products, sparse ranges (dcp.md 5.1).

The rules are those of the client's own range objects: an inclusive end, a step that defaults to one towards the end,
groups of consecutive values, and products in which the last range varies fastest. Everything is counted before anything
is written down, since a short rule may name more than memory holds.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from meshnode.node.dcp.job_limits import DIMENSIONS_MAX, RANGE_VALUES_MAX, SLICES_PER_JOB_MAX
from meshnode.node.dcp.port import DcpRefused, JsonValue

Number = int | float

NUMBER_MAX = 2**53
"""Beyond it JavaScript's numbers skip whole ones."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """A counted sequence of values that is not written down."""

    length: int
    width: int
    """Numbers in one value."""
    value: Callable[[int], JsonValue]


def expand_range(data_range: JsonValue) -> Sequence[JsonValue]:
    """Return the values of a range object, slice by slice.

    Raises:
        DcpRefused: it is no range that this gateway knows, or has more than SLICES_PER_JOB_MAX values.
    """
    axis = _axis(data_range)
    if axis.length > SLICES_PER_JOB_MAX or axis.length * axis.width > RANGE_VALUES_MAX:
        raise DcpRefused(
            "ETOOMANYSLICES", f"a job has at most {SLICES_PER_JOB_MAX} slices here; divide it"
        )
    return [axis.value(number) for number in range(axis.length)]


def _axis(described: JsonValue) -> _Axis:
    if isinstance(described, list):
        return _listed(described)
    if not isinstance(described, dict):
        raise _unknown()
    if described.get("sparse"):
        return _sparse([_part(part) for part in _parts(described.get("ranges"))])
    if "ranges" in described:
        return _product([_dimension(part) for part in _parts(described["ranges"])])
    return _part(described)


def _part(described: JsonValue) -> _Axis:
    """Read a range that is not made of others."""
    if not isinstance(described, dict):
        raise _unknown()
    if "values" in described:
        return _listed(_list(described["values"]))
    if "dist" in described:
        raise DcpRefused(
            "EBADRANGE",
            "a distribution must carry its values: call materialize() on it before compute.for",
        )
    return _range(described)


def _dimension(described: JsonValue) -> _Axis:
    if isinstance(described, list):
        return _listed(described)
    return _part(described) if isinstance(described, dict) else _listed([described])


def _listed(values: list[JsonValue]) -> _Axis:
    return _Axis(len(values), 1, lambda number: values[number])


def _range(described: Mapping[str, JsonValue]) -> _Axis:
    start, end = _number(described.get("start")), _number(described.get("end"))
    step = described.get("step")
    stride = _sign(end - start) if step is None else _number(step)
    if _sign(stride) != _sign(end - start):
        raise DcpRefused("EBADRANGE", "a range's step must lead from start to end")
    steps = abs((end - start) / stride) if stride else 0
    if steps > NUMBER_MAX:
        raise DcpRefused("EBADRANGE", "a range's step is too small for its length")
    count = math.floor(steps) + 1
    group = described.get("group")
    if group is None:
        return _Axis(count, 1, lambda number: start + number * stride)
    if isinstance(group, bool) or not isinstance(group, int) or not 0 < group <= NUMBER_MAX:
        raise DcpRefused("EBADRANGE", "a range's group is a whole number from 1")

    def values(number: int) -> JsonValue:
        first = group * stride * number + start  # in the client's order: the last bit depends on it
        return [first + index * stride for index in range(min(group, count - group * number))]

    return _Axis(-(-count // group), min(group, count), values)


def _sparse(parts: Sequence[_Axis]) -> _Axis:
    def value(number: int) -> JsonValue:
        for part in parts:
            if number < part.length:
                return part.value(number)
            number -= part.length
        raise AssertionError

    return _Axis(sum(part.length for part in parts), max(part.width for part in parts), value)


def _product(dimensions: Sequence[_Axis]) -> _Axis:
    def value(number: int) -> JsonValue:
        place: list[JsonValue] = []
        for dimension in reversed(dimensions):
            number, index = divmod(number, dimension.length)
            place.append(dimension.value(index))
        return place[::-1]

    length = math.prod(dimension.length for dimension in dimensions)
    return _Axis(length, sum(dimension.width for dimension in dimensions), value)


def _number(value: JsonValue) -> Number:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not abs(value) <= NUMBER_MAX
    ):
        raise DcpRefused("EBADRANGE", "a range's start, end and step are finite numbers")
    # JavaScript knows one kind of number: 3.0 is 3.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sign(value: Number) -> int:
    return (value > 0) - (value < 0)


def _parts(value: JsonValue) -> list[JsonValue]:
    parts = _list(value)
    if len(parts) > DIMENSIONS_MAX:
        raise DcpRefused("EBADRANGE", f"at most {DIMENSIONS_MAX} ranges can be put together")
    return parts


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list) or not value:
        raise _unknown()
    return value


def _unknown() -> DcpRefused:
    return DcpRefused("EBADRANGE", "the job's input is no range that this gateway knows")
