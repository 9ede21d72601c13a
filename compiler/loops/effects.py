"""Effect summaries: what a call of each function does beyond its result and its arguments, and what it costs.

Programs have no global variables, so a call changes only what its parameters let it change, or what a pointer leads to
(`aliases.py`); the prelude keeps to its parameters' conventions too, and the allocator's state is invisible. What
remains to be known is small, and found by a fixed point over the call graph.
"""

from collections.abc import Iterator, Sequence

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import CELL_COUNT
from meshnode.compiler.loops.library_facts import Effects, LibraryFacts
from meshnode.compiler.loops.walk import (
    Path,
    access_of,
    blocks_of,
    expressions_in,
    indexes_of,
    path_of,
    statements_in,
)

ALLOCATOR_CELLS = frozenset((*range(8), *range(24, CELL_COUNT)))
"""The static cells of the allocator."""

RANDOM_CELLS = range(16, 19)
"""The state of the library's random numbers."""

LOOP_WEIGHT = 10
"""Iterations that a loop of unknown length is taken for."""

TRIPS_MAX = 1000
"""Iterations that a loop of known length is taken for at most."""

RECURSION_WEIGHT = 1000
"""Operations that a recursive call is taken for."""

TAPE_WEIGHT = 6
"""Operations to put a number on a tape, or to take it off."""

PACK_WEIGHT = 60
"""The same for a string, a list or a struct."""

RARELY = 16
"""Calls of a library function of which one takes its slow path."""

WEIGHT_MAX = 1_000_000_000
"""Where counting stops."""

_ENDS = frozenset({"trap", "host_exit"})
_MEMORY = frozenset({"memory_copy", "memory_fill"})
_DEAR = {"sqrt": 4}


class Summaries:
    """The summaries of a module's functions."""

    def __init__(self, module: ir.Module, facts: LibraryFacts | None = None) -> None:
        self._module = module
        self._facts = facts or LibraryFacts()
        self._effects: dict[ir.FunctionId, Effects] = {
            name: Effects(changed=_declared_changes(function))
            for name, function in module.functions.items()
        }
        self._solve()
        self._weights: dict[ir.FunctionId, int] = {}
        self.overlapping = self._find_overlapping()
        """Functions that are called somewhere with arguments that overlap."""

    def of(self, function: ir.FunctionId) -> Effects:
        """Give a function's summary; its weight is not filled in, see `weight`."""
        return self._effects[function]

    def changes(self, function: ir.FunctionId, parameter: int) -> bool:
        """Tell whether a call may change the argument (or takes it over)."""
        if function.startswith("$"):
            return function.startswith("$pop") and parameter == 0
        return parameter in self._effects[function].changed

    def weight(self, function: ir.FunctionId) -> int:
        """Estimate the operations of one call."""
        if function.startswith(("$push", "$pop")):
            return PACK_WEIGHT
        if function.startswith(("_push_", "_pop_")):
            return TAPE_WEIGHT
        known = self._weights.get(function)
        if known is not None:
            return known
        self._weights[function] = RECURSION_WEIGHT
        definition = self._module.functions[function]
        weight = 1 + self.block_weight(definition.body, in_library=is_prelude(definition))
        self._weights[function] = min(weight, WEIGHT_MAX)
        return self._weights[function]

    def block_weight(self, block: ir.Block, *, in_library: bool = False) -> int:
        """Estimate the operations of one execution of a block."""
        weights = [self._statement_weight(s, in_library=in_library) for s in block]
        return min(sum(weights), WEIGHT_MAX)

    def _statement_weight(self, statement: ir.Statement, *, in_library: bool) -> int:
        access = access_of(statement, self)
        weight = sum(expression_weight(value) for value in access.values)
        parts = [self.block_weight(b, in_library=in_library) for b in blocks_of(statement)]
        match statement:
            case ir.ForRange() | ir.While():
                return weight + trips(statement) * sum(parts)
            case ir.If():
                return weight + _choice_weight(statement, parts, in_library=in_library)
            case ir.Call():
                if not statement.function.startswith("$") and self.of(statement.function).ends:
                    return weight
                return weight + self.weight(statement.function)
            case ir.Scope() | ir.Try():
                return sum(parts)
            case _:
                return weight + 1

    def has_own_loop(self, block: ir.Block) -> bool:
        """Tell whether a block loops, itself or in functions of the program (not of the library)."""
        waiting, seen = [block], set[ir.FunctionId]()
        while waiting:
            for statement in statements_in(waiting.pop()):
                if isinstance(statement, ir.ForRange | ir.While):
                    return True
                if not isinstance(statement, ir.Call) or statement.function.startswith("$"):
                    continue
                callee = self._module.functions[statement.function]
                if not is_prelude(callee) and callee.function not in seen:
                    seen.add(callee.function)
                    waiting.append(callee.body)
        return False

    def _solve(self) -> None:
        """Repeat until nothing changes; all parts only grow, `ends` first since it silences the rest."""
        changed = True
        while changed:
            changed = False
            for name, function in self._module.functions.items():
                if not self._effects[name].ends and self._never_returns(function):
                    self._effects[name] = Effects(ends=True, changed=self._effects[name].changed)
                    changed = True
        find = self._facts.effects.find
        own = {name: find(f, self._own_effects) for name, f in self._module.functions.items()}
        changed = True
        while changed:
            changed = False
            for name, (effects, callees) in own.items():
                called = [effects, *(own[callee][0] for callee in callees)]
                together = Effects(
                    host=any(e.host for e in called),
                    hidden=any(e.hidden for e in called),
                    random=any(e.random for e in called),
                    ends=effects.ends,
                    changed=effects.changed,
                )
                if together != effects:
                    own[name] = (together, callees)
                    changed = True
        self._effects = {name: effects for name, (effects, _) in own.items()}

    def _never_returns(self, function: ir.Function) -> bool:
        last = function.body[-1] if function.body else None
        while isinstance(last, ir.Scope):
            last = last.body[-1] if last.body else None
        if isinstance(last, ir.Perform):
            is_end = last.name in _ENDS
        else:
            is_end = isinstance(last, ir.Call) and self._effects[last.function].ends
        return is_end and not any(
            isinstance(s, ir.Return | ir.Raise) for s in statements_in(function.body)
        )

    def _own_effects(self, function: ir.Function) -> tuple[Effects, tuple[ir.FunctionId, ...]]:
        """Give what a function does by itself, and what it calls; one that ends the program does nothing else."""
        known = self._effects[function.function]
        if known.ends:
            return known, ()
        statements = tuple(statements_in(function.body))
        callees = dict.fromkeys(c for s in statements for c in self.callees(function, s))
        performed = {s.name for s in statements if isinstance(s, ir.Perform)}
        expressions = tuple(_expressions_of(function))
        effects = Effects(
            host=bool(performed - _ENDS - _MEMORY),
            hidden=_is_hidden(function, expressions),
            random=any(_cell_of(expr) in RANDOM_CELLS for expr in expressions),
            changed=known.changed,
        )
        return effects, tuple(callees)

    def callees(self, function: ir.Function, statement: ir.Statement) -> Iterator[ir.FunctionId]:
        """Walk the functions that a statement calls by itself, destructors included."""
        match statement:
            case ir.Call():
                yield statement.function
            case ir.Drop():
                yield from self._drops(statement.place.type)
            case ir.Scope():
                for local in statement.locals:
                    yield from self._drops(function.locals[local].type)
            case _:
                return

    def _drops(self, type_: ir.Type) -> Iterator[ir.FunctionId]:
        if isinstance(type_, ir.StructType):
            drop = self._module.structs[type_.struct].drop
            if drop is not None:
                yield drop

    def drop_is_silent(self, type_: ir.Type) -> bool:
        """Tell whether destroying a value of the type has no effect that could be seen."""
        effects = [self._effects[d] for d in self._drops(type_)]
        return not any(e.host or e.hidden or e.random for e in effects)

    def _find_overlapping(self) -> frozenset[ir.FunctionId]:
        find = self._facts.overlapping.find
        functions = self._module.functions.values()
        return frozenset[ir.FunctionId]().union(*(find(f, self._overlapping_in) for f in functions))

    def _overlapping_in(self, function: ir.Function) -> frozenset[ir.FunctionId]:
        return frozenset(
            statement.function
            for statement in statements_in(function.body)
            if isinstance(statement, ir.Call) and self._overlaps(statement)
        )

    def _overlaps(self, call: ir.Call) -> bool:
        """Tell whether a call could change through one argument (or its result) what another one refers to."""
        access = access_of(call, self)
        written = [path_of(p) for p in (*access.assigned, *access.changed)]
        read = [path_of(p) for p in access.read]
        pairs = [(w, r) for w in written for r in read]
        pairs += [(w, v) for i, w in enumerate(written) for v in written[i + 1 :]]
        return any(_may_overlap(one, other) for one, other in pairs)


def _may_overlap(one: Path | None, other: Path | None) -> bool:
    return one is None or other is None or one.overlaps(other)


def trips(loop: ir.ForRange | ir.While) -> int:
    """Guess how often a loop runs: exactly if its bounds are constants, within reason."""
    if isinstance(loop, ir.While):
        return LOOP_WEIGHT
    bounds = (loop.start, loop.stop, loop.step)
    values = [int(b.value) for b in bounds if isinstance(b, ir.Const)]
    if len(values) < len(bounds) or values[2] == 0:
        return LOOP_WEIGHT
    return len(range(*values)[:TRIPS_MAX])


def _choice_weight(choice: ir.If, parts: list[int], *, in_library: bool) -> int:
    """Take the dearer branch; in the library one that returns early is a slow path, and rare."""
    cheap, dear = sorted(parts)
    branch = choice.then if parts[0] == dear else choice.otherwise
    if in_library and any(isinstance(s, ir.Return) for s in statements_in(branch)):
        return cheap + (dear - cheap) // RARELY
    return dear


def is_prelude(function: ir.Function) -> bool:
    """Tell whether a function belongs to the library rather than to the program."""
    return function.span.file.startswith("prelude/")


def expression_weight(expr: ir.Expr) -> int:
    """Estimate the operations of an expression: its nodes without constants and conversions of variables."""
    weight = 0
    for inner in expressions_in(expr):
        match inner:
            case ir.Const() | ir.StaticBytes():
                continue
            case ir.Load(place=ir.LocalPlace()):
                continue
            case ir.Pure():
                weight += _DEAR.get(inner.name, 1)
            case ir.Binary(op=ir.BinaryOp.FLOOR_DIV | ir.BinaryOp.MOD | ir.BinaryOp.TRUNC_DIV):
                weight += 4
            case _:
                weight += 1
    return weight


def _declared_changes(function: ir.Function) -> frozenset[int]:
    """Give the parameters whose arguments a call may change, or takes over."""
    declared = {
        number: parameter.local
        for number, parameter in enumerate(function.parameters)
        if parameter.passing in {ir.Passing.MUTATE, ir.Passing.OWNED}
    }
    return frozenset(declared)


def _is_hidden(function: ir.Function, expressions: Sequence[ir.Expr]) -> bool:
    """Tell whether a function by itself looks at something that differs between the program and a chunk."""
    if is_prelude(function):
        name = function.function.rpartition(".")[2].partition("(")[0]
        return name == "capacity" or any(_is_foreign_cell(expr) for expr in expressions)
    return any(looks_at_memory(expr) for expr in expressions)


def _expressions_of(function: ir.Function) -> Iterator[ir.Expr]:
    for statement in statements_in(function.body):
        access = access_of(statement, _NOTHING_CHANGES)
        for value in access.values:
            yield from expressions_in(value)
        for place in access.places():
            for index in indexes_of(place):
                yield from expressions_in(index)


def looks_at_memory(expr: ir.Expr) -> bool:
    """Tell whether an expression of a program by itself sees addresses, capacities or static cells."""
    match expr:
        case ir.AddressOf():
            return True
        case ir.Load():
            if isinstance(expr.type, ir.PointerType) or path_of(expr.place) is None:
                return True
            return isinstance(expr.place, ir.FieldPlace) and _is_capacity(expr.place)
        case ir.Pure():
            return expr.name in {"cell", "memory_size", "heap_base"}
        case ir.Convert():
            return isinstance(expr.operand.type, ir.PointerType)
        case _:
            return False


def _is_foreign_cell(expr: ir.Expr) -> bool:
    if not (isinstance(expr, ir.Pure) and expr.name == "cell"):
        return False
    number = _cell_of(expr)
    return number not in ALLOCATOR_CELLS and number not in RANDOM_CELLS


def _cell_of(expr: ir.Expr) -> int:
    """Give the number of a static cell whose address is taken; -1 if it is not known, or none is."""
    if not (isinstance(expr, ir.Pure) and expr.name == "cell"):
        return -1
    number = expr.arguments[0]
    return int(number.value) if isinstance(number, ir.Const) else -1


def _is_capacity(place: ir.FieldPlace) -> bool:
    owner = place.base.type
    is_list = isinstance(owner, ir.StructType) and owner.struct.startswith("List[")
    return is_list and place.name == "capacity"


class _NothingChanges:
    """Takes every argument as read."""

    def changes(self, function: ir.FunctionId, parameter: int) -> bool:  # noqa: ARG002 - the protocol's shape
        return False


_NOTHING_CHANGES = _NothingChanges()
