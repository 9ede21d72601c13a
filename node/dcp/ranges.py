"""Input sets that a job names by rule instead of by value: ranges, their products, sparse ranges (dcp.md 5.1).

The rules are those of the client's own range objects: an inclusive end, a step that defaults to one towards the end,
groups of consecutive values, and products in which the last range varies fastest.
"""

import math
from collections.abc import Mapping, Sequence

from meshnode.node.dcp.job_limits import SLICES_PER_JOB_MAX
from meshnode.node.dcp.port import DcpRefused, JsonValue

Number = int | float


def expand_range(data_range: JsonValue) -> Sequence[JsonValue]:
    """Return the values of a range object, slice by slice.

    Raises:
        DcpRefused: it is no range that this gateway knows, or has more than SLICES_PER_JOB_MAX values.
    """
    if isinstance(data_range, list):
        return _bounded(data_range)
    if not isinstance(data_range, dict):
        raise _unknown()
    if data_range.get("sparse"):
        parts = [expand_range(part) for part in _list(data_range.get("ranges"))]
        return _bounded([value for part in parts for value in part])
    if "ranges" in data_range:
        return _product([_dimension(part) for part in _list(data_range["ranges"])])
    if "values" in data_range:
        return _bounded(_list(data_range["values"]))
    if "dist" in data_range:
        raise DcpRefused(
            "EBADRANGE",
            "a distribution must carry its values: call materialize() on it before compute.for",
        )
    return _range(data_range)


def _range(described: Mapping[str, JsonValue]) -> Sequence[JsonValue]:
    start, end = _number(described.get("start")), _number(described.get("end"))
    step = described.get("step")
    stride = _sign(end - start) if step is None else _number(step)
    if _sign(stride) != _sign(end - start):
        raise DcpRefused("EBADRANGE", "a range's step must lead from start to end")
    count = 1 if stride == 0 else math.floor(abs((end - start) / stride)) + 1
    group = described.get("group")
    if group is None:
        return [start + index * stride for index in range(_count(count))]
    if not isinstance(group, int) or group < 1:
        raise DcpRefused("EBADRANGE", "a range's group is a whole number from 1")
    values: list[JsonValue] = [start + index * stride for index in range(_count(count))]
    return [values[at : at + group] for at in range(0, count, group)]


def _dimension(described: JsonValue) -> Sequence[JsonValue]:
    return expand_range(described) if isinstance(described, dict | list) else [described]


def _product(dimensions: Sequence[Sequence[JsonValue]]) -> Sequence[JsonValue]:
    count = _count(math.prod(len(dimension) for dimension in dimensions))
    values: list[JsonValue] = []
    for number in range(count):
        place, rest = [], number
        for dimension in reversed(dimensions):
            rest, index = divmod(rest, len(dimension))
            place.append(dimension[index])
        values.append(place[::-1])
    return values


def _bounded(values: list[JsonValue]) -> list[JsonValue]:
    _count(len(values))
    return values


def _count(count: int) -> int:
    if count > SLICES_PER_JOB_MAX:
        raise DcpRefused(
            "ETOOMANYSLICES", f"a job has at most {SLICES_PER_JOB_MAX} slices here; divide it"
        )
    return count


def _number(value: JsonValue) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DcpRefused("EBADRANGE", "a range's start, end and step are finite numbers")
    # JavaScript knows one kind of number: 3.0 is 3.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sign(value: Number) -> int:
    return (value > 0) - (value < 0)


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list) or not value:
        raise _unknown()
    return value


def _unknown() -> DcpRefused:
    return DcpRefused("EBADRANGE", "the job's input is no range that this gateway knows")
