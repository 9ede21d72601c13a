"""Counts a program's operations by source line, besides the sum: for its author, never for a bill.

The module comes with a map from the code of the program's own functions to lines (`LineMap`); other functions belong
to the library. A region of an own function counts how often it was charged, and its instructions belong to their
lines. What a library function costs belongs to the line that called it: at each call from an own function the counter
of operations is read before and behind, and what was given to lines in between is taken off.

The charges are those of the metered module without these counters, operation by operation.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from meshnode.protocol.wasm_binary import (
    Export,
    ExternKind,
    GlobalType,
    Reader,
    ValueType,
    encode_signed,
    encode_unsigned,
)
from meshnode.protocol.wasm_opcodes import read_instructions
from meshnode.sandbox.abi import RESERVED_PREFIX
from meshnode.sandbox.call_graph import CallGraph
from meshnode.sandbox.function_body import FunctionBody
from meshnode.sandbox.module_format import Global

ENTERED_EXPORT = RESERVED_PREFIX + "entered_"
CALLED_EXPORT = RESERVED_PREFIX + "called_"

_FREE = frozenset({0x01, 0x02, 0x03, 0x05, 0x0B})
_BLOCK, _LOOP, _IF, _END, _CALL = 0x02, 0x03, 0x04, 0x0B, 0x10
_I64_CONST, _I64_ADD, _I64_SUB = b"\x42", b"\x7c", b"\x7d"


class LineMap(msgspec.Struct, frozen=True):
    """Which lines the instructions of a module's own functions come from; lines are numbers of the owner's choice."""

    functions: dict[int, tuple[tuple[int, int], ...]]
    """By function, imported ones counted: ascending offsets in its body, and the line from there on."""


class LineCost(msgspec.Struct, frozen=True):
    """What one line cost."""

    line: int
    own: int
    """Operations of its own instructions, and of library code that the compiler put among them."""
    called: int
    """Operations of library functions that it called."""


@dataclass(frozen=True, slots=True)
class _Share:
    """What one entry of a region costs a line."""

    own: Counter[int]
    called: Counter[int]


class LineCounters:
    """The counters that the rewrite adds to a module; `first_global` is the first index that is free."""

    def __init__(
        self,
        lines: LineMap,
        bodies: Mapping[int, FunctionBody],
        graph: CallGraph,
        first_global: int,
    ) -> None:
        self._graph = graph
        self._lines = lines.functions
        self._bodies = bodies
        self._first = first_global
        self._entered: dict[tuple[int, int], int] = {}
        """Numbers of the counters of regions, by function and region."""
        self._called: dict[int, int] = {}
        """Numbers of the counters of calls, by line."""
        self._count = 1  # the first global is the sum of what was given to lines

    @property
    def globals(self) -> tuple[Global, ...]:
        """The globals to add."""
        zero = Global(GlobalType(ValueType.I64, is_mutable=True), _I64_CONST + encode_signed(0))
        return (zero,) * self._count

    @property
    def exports(self) -> tuple[Export, ...]:
        """The exports to add."""
        numbers = [*self._entered.values(), *self._called.values()]
        names = [f"{ENTERED_EXPORT}{function}_{region}" for function, region in self._entered]
        names += [f"{CALLED_EXPORT}{line}" for line in self._called]
        return tuple(
            Export(name, ExternKind.GLOBAL, self._first + number)
            for name, number in zip(names, numbers, strict=True)
        )

    def is_own(self, function: int) -> bool:
        """Tell whether a function is the program's own."""
        return function in self._lines

    def line_at(self, function: int, offset: int) -> int:
        """Give the line of an instruction of an own function."""
        runs = self._lines[function]
        found = runs[0][1]
        for start, line in runs:
            if start > offset:
                break
            found = line
        return found

    def enter(self, function: int, region: int, cost: int) -> bytes:
        """Count the entry of a region."""
        number = self._entered.setdefault((function, region), self._count)
        self._count = max(self._count, number + 1)
        return self._add(number, _constant(1)) + self._add(0, _constant(cost))

    def give(self, function: int, offset: int, amount: bytes) -> bytes:
        """Give the operations that `amount` computes to the instruction's line, as those of library code."""
        line = self.line_at(function, offset)
        number = self._called.setdefault(line, self._count)
        self._count = max(self._count, number + 1)
        return self._add(number, amount) + self._add(0, amount)

    def given(self) -> bytes:
        """Compute how much was given to lines so far."""
        return b"\x23" + encode_unsigned(self._first)

    def _add(self, number: int, amount: bytes) -> bytes:
        index = encode_unsigned(self._first + number)
        return b"\x23" + index + amount + _I64_ADD + b"\x24" + index

    def costs(self, read: Callable[[str], int]) -> tuple[LineCost, ...]:
        """Sum up by line what the counters say; `read` gives an exported global."""
        own: Counter[int] = Counter()
        called: Counter[int] = Counter()
        shares: dict[int, Sequence[_Share]] = {}
        for function, region in self._entered:
            entries = read(f"{ENTERED_EXPORT}{function}_{region}")
            if function not in shares:
                shares[function] = self._shares(function)
            for line, cost in shares[function][region].own.items():
                own[line] += entries * cost
            for line, cost in shares[function][region].called.items():
                called[line] += entries * cost
        for line in self._called:
            called[line] += read(f"{CALLED_EXPORT}{line}")
        lines = sorted(own.keys() | called.keys())
        return tuple(LineCost(line, own[line], called[line]) for line in lines)

    def _shares(self, function: int) -> list[_Share]:
        """Divide the costs of a function's regions among lines."""
        body = self._bodies[function]
        shares = [_Share(Counter(), Counter()) for _ in body.regions]
        enclosing, regions = [0], 1
        reader = Reader(body.code, body.code_start)
        for instruction in read_instructions(reader):
            share, number = shares[enclosing[-1]], instruction.opcode.number
            line = self.line_at(function, instruction.start)
            if number not in _FREE:
                share.own[line] += 1
            if number == _CALL:
                self._share_call(share, line, instruction.values[0])
            elif number == _LOOP:
                enclosing.append(regions)
                regions += 1
            elif number in (_BLOCK, _IF):
                enclosing.append(enclosing[-1])
            elif number == _END:
                enclosing.pop()
        return shares

    def _share_call(self, share: _Share, line: int, callee: int) -> None:
        """Take what a function of fixed cost costs its caller: an own one's belongs to its own lines."""
        cost = self._graph.fixed_costs.get(callee, 0)
        if self.is_own(callee) and cost:
            (inner,) = self._shares(callee)
            share.own.update(inner.own)
            share.called.update(inner.called)
        else:
            share.called[line] += cost


def _constant(value: int) -> bytes:
    return _I64_CONST + encode_signed(value)


def difference(before: bytes, behind: bytes) -> bytes:
    """Compute how much smaller a number is behind."""
    return before + behind + _I64_SUB
