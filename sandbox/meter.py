"""Injects the operation counter and the call-depth counter into function bodies.

Metering version 1. The counter of operations left is a 64-bit global that the rewrite adds. Each
region of a function (`function_body`) is charged as a whole when it is entered: the function's own
at its entry, a loop's at its header, once an iteration. So both arms of an `if` are paid for, and
what follows an early exit: the count is an upper bound of the instructions that ran, it is the same
on every host, and no instruction runs unpaid. `memory.copy` and `memory.fill` pay one operation for
16 bytes besides. When the counter falls below zero the program traps by `unreachable`; the negative
counter tells the reason.

A function with loops keeps the counter in a local, which costs a loop a subtraction and a branch,
and writes it back before calls, returns and `unreachable`. (Measured on a sieve's inner loop: 1.25x;
with a store to the global in each iteration 1.7x, with a settlement every 65,536 operations 2.0x.)
So after a trap of the machine, such as an access out of bounds, the global may be behind: work
would go unpaid that way, hence such a trap costs the whole budget (`slice_host`). Compilers check
and end in `unreachable`, and then the count is exact.

Functions of fixed cost (`call_graph`) are charged by their callers and are not touched.

Only functions that may be entered again before they return count their depth: they take units from
a 32-bit global at entry, and at each return put back what it was at entry, without reading the global,
so that a call need not wait for the one before it. A frame's size follows its locals, so more locals
cost more units. A host whose stack overflows nevertheless has no result.
"""

from collections.abc import Callable
from dataclasses import dataclass

from meshnode.protocol.wasm_binary import (
    FunctionType,
    ValueType,
    encode_signed,
    encode_unsigned,
)
from meshnode.sandbox.call_graph import CallGraph
from meshnode.sandbox.function_body import FunctionBody, Mark, Point
from meshnode.sandbox.line_costs import LineCounters, difference

BULK_SHIFT = 4
"""memory.copy and memory.fill cost one operation for each 2^4 bytes, beyond that of the call."""
LOCALS_PER_UNIT = 32
"""So many locals cost another unit of depth."""

_I32_CONST, _I64_CONST = b"\x41", b"\x42"
_UNREACHABLE, _END, _RETURN = b"\x00", b"\x0b", b"\x0f"
_IF_EMPTY, _BLOCK = b"\x04\x40", b"\x02"
_I32_LT_S, _I32_SUB = b"\x48", b"\x6b"
_I64_LT_S, _I64_SUB, _I64_SHR_U, _I64_EXTEND_I32_U = b"\x53", b"\x7d", b"\x88", b"\xad"
_NO_RESULT = b"\x40"


def _get(local: int) -> bytes:
    return b"\x20" + encode_unsigned(local)


def _set(local: int) -> bytes:
    return b"\x21" + encode_unsigned(local)


def _tee(local: int) -> bytes:
    return b"\x22" + encode_unsigned(local)


def _global_get(index: int) -> bytes:
    return b"\x23" + encode_unsigned(index)


def _global_set(index: int) -> bytes:
    return b"\x24" + encode_unsigned(index)


@dataclass(frozen=True, slots=True)
class Counters:
    """Where the rewrite keeps its numbers."""

    operations: int
    """Index of the 64-bit global of operations left."""
    depth: int
    """Index of the 32-bit global of call depth left."""
    lines: LineCounters | None = None
    """Counters by source line, if somebody wants to know."""


def meter_body(
    index: int,
    body: FunctionBody,
    results: FunctionType,
    graph: CallGraph,
    counters: Counters,
    type_index: Callable[[FunctionType], int],
) -> bytes:
    """Rewrite the body of function `index` (imported ones counted), without its size.

    `type_index` adds a type to the module, for blocks with several results.
    """
    if index in graph.fixed_costs:
        return body.code
    writer = _Writer(index, body, graph, counters)
    result_type = _block_type(results.results, type_index)
    if index not in graph.recursive:
        return writer.write(b"", b"", result_type)
    units = encode_signed(1 + body.local_count // LOCALS_PER_UNIT)
    depth_get, depth_set = _global_get(counters.depth), _global_set(counters.depth)
    before, now = body.local_count + 2, body.local_count + 1
    entry = depth_get + _tee(before) + _I32_CONST + units + _I32_SUB + _tee(now) + depth_set
    entry += _get(now) + _I32_CONST + b"\0" + _I32_LT_S + _IF_EMPTY + _UNREACHABLE + _END
    return writer.write(entry, _get(before) + depth_set, result_type)


def _block_type(results: tuple[int, ...], type_index: Callable[[FunctionType], int]) -> bytes:
    if not results:
        return _NO_RESULT
    if len(results) == 1:
        return bytes(results)
    return encode_signed(type_index(FunctionType((), results)))


class _Writer:
    """Puts one body together again; `_count` and `_bytes` are two of its three new locals."""

    def __init__(
        self, index: int, body: FunctionBody, graph: CallGraph, counters: Counters
    ) -> None:
        self._index = index
        lines = counters.lines
        self._lines = lines if lines is not None and lines.is_own(index) else None
        self._operations = _global_get(counters.operations)
        self._body = body
        self._graph = graph
        self._count = body.local_count
        self._bytes = body.local_count + 1
        is_local = body.has_loops
        global_get = _global_get(counters.operations)
        global_set = _global_set(counters.operations)
        self._load = global_get + _set(self._count) if is_local else b""
        self._store = _get(self._count) + global_set if is_local else b""
        self._counter = _get(self._count) if is_local else global_get
        is_spent = _get(self._count) + _I64_CONST + b"\0" + _I64_LT_S + _IF_EMPTY
        if is_local:
            trap = is_spent + self._store + _UNREACHABLE + _END
            self._take = _I64_SUB + _set(self._count) + trap
        else:
            trap = is_spent + _UNREACHABLE + _END
            self._take = _I64_SUB + _tee(self._count) + global_set + trap

    def write(self, entry: bytes, leave: bytes, result_type: bytes) -> bytes:
        """Give the new body: `entry` follows the first charge, `leave` precedes each return."""
        body, code = self._body, self._body.code
        leave = self._store + leave
        added = [1, ValueType.I64, 2, ValueType.I32]
        if self._lines is not None:
            added += [2, ValueType.I64]
        parts = [
            encode_unsigned(body.locals_groups + len(added) // 2),
            code[body.locals_start : body.code_start],
            bytes(added),
            self._load + self._charge(0),
            entry,
        ]
        if leave:
            # A branch to the function's own label must come past `leave` too, hence the block.
            parts.append(_BLOCK + result_type)
        position = body.code_start
        for mark in body.marks:
            before, after = self._injections(mark, leave)
            parts += [code[position : mark[1]], before, code[mark[1] : mark[2]], after]
            position = mark[2]
        parts += [code[position:], leave + _END if leave else b""]
        return b"".join(parts)

    def _injections(self, mark: Mark, leave: bytes) -> tuple[bytes, bytes]:
        """Tell what goes before and behind the instruction at a mark."""
        point, start, _, _, value = mark
        match point:
            case Point.LOOP:
                return b"", self._charge(value)
            case Point.CALL if value in self._graph.fixed_costs:
                return b"", b""
            case Point.CALL | Point.CALL_INDIRECT:
                return self._store + self._before_call(), self._behind_call(start) + self._load
            case Point.RETURN:
                return leave, b""
            case Point.TRAP:
                return self._store, b""
            case Point.BULK:
                cost = _get(self._bytes) + _I64_EXTEND_I32_U
                cost += _I64_CONST + encode_signed(BULK_SHIFT) + _I64_SHR_U
                given = b"" if self._lines is None else self._lines.give(self._index, start, cost)
                before = _set(self._bytes) + given + self._counter + cost + self._take
                return before + _get(self._bytes), b""

    def _charge(self, number: int) -> bytes:
        """Take a region's cost from the counter, or trap."""
        fixed, region = self._graph.fixed_costs, self._body.regions[number]
        cost = region.instructions + sum(fixed.get(callee, 0) for callee in region.calls)
        counted = b"" if self._lines is None else self._lines.enter(self._index, number, cost)
        return counted + self._counter + _I64_CONST + encode_signed(cost) + self._take

    def _before_call(self) -> bytes:
        """Remember what was left and what was given to lines before a call."""
        if self._lines is None:
            return b""
        left, given = self._bytes + 2, self._bytes + 3
        return self._operations + _set(left) + self._lines.given() + _set(given)

    def _behind_call(self, start: int) -> bytes:
        """Give the line what the callee spent and gave to no line."""
        if self._lines is None:
            return b""
        left, given = self._bytes + 2, self._bytes + 3
        spent = difference(_get(left), self._operations)
        inside = difference(self._lines.given(), _get(given))
        return (
            difference(spent, inside)
            + _set(left)
            + self._lines.give(self._index, start, _get(left))
        )
