"""Split the distributable loops of a program: one module for home, one for the slices, reports.

Nothing is executed or lowered here: IR goes in, IR comes out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.loops.aliases import Aliases
from meshnode.compiler.loops.arrays import with_elements, without_elements
from meshnode.compiler.loops.counted import counted
from meshnode.compiler.loops.describe import describe
from meshnode.compiler.loops.effects import Summaries, is_prelude
from meshnode.compiler.loops.home import HomeLoop
from meshnode.compiler.loops.inline import inline_closures
from meshnode.compiler.loops.library_facts import LibraryFacts
from meshnode.compiler.loops.pack import Packer
from meshnode.compiler.loops.plan import LoopPlan, Planner, SplitOptions
from meshnode.compiler.loops.refusal import Refusal, aliased
from meshnode.compiler.loops.report import LoopReport, Reason, Verdict
from meshnode.compiler.loops.slices import SplitLoop, slice_module
from meshnode.compiler.loops.walk import (
    locals_read_in,
    locals_written_by,
    map_blocks,
    statements_in,
)
from meshnode.compiler.runtime import ROOTS

TAPE_ROOTS = (
    "_tape_start",
    "_tape_commit",
    "_tape_room",
    "_tape_advance",
    "_push_int",
    "_push_word",
    "_push_half",
    "_push_bytes",
    "_tape_open",
    "_pop_int",
    "_pop_word",
    "_pop_half",
    "_pop_bytes",
    "_pop_count",
    "_block_fits",
    "_check_read",
    "_loop_run",
    "_loop_can_ask",
    "_is_small",
    "_is_disjoint",
    "_loop_start",
    "_loop_next",
    "_trip_count",
    "_distance",
    "_allocate",
    "_affine_start",
    "_affine_step",
    "_affine_repeat",
    "_affine_at",
    "_random_at",
)
"""Prelude functions that split loops call: roots for `check_program`."""


class SplitProgram(msgspec.Struct, frozen=True):
    """What the back end lowers."""

    home: ir.Module
    """The program; each split loop asks the host and replays what the chunks recorded."""
    slice: ir.Module
    """`mesh_load` and `mesh_chunk` (exported, the latter its `main`) and what they reach."""
    loops: tuple[LoopReport, ...]
    """All loops of the program's own functions, in the order of the source."""


def split_loops(
    module: ir.Module, options: SplitOptions | None = None, facts: LibraryFacts | None = None
) -> SplitProgram:
    """Split every loop that may be distributed and is worth it; `facts` are of earlier programs."""
    inlined = inline_closures(module)
    functions = {
        name: function if is_prelude(function) else with_elements(function)
        for name, function in inlined.functions.items()
    }
    whole = replace(inlined, functions=functions)
    return _Splitter(whole, options or SplitOptions(), facts or LibraryFacts()).split()


class _Splitter:
    def __init__(self, module: ir.Module, options: SplitOptions, facts: LibraryFacts) -> None:
        self._module = module
        self._options = options
        self._facts = facts
        self._summaries = Summaries(module, facts)
        self._aliases = Aliases(module, self._summaries, facts)
        self._packer = Packer(module.structs)
        self._loops: list[SplitLoop] = []
        self._reports: list[LoopReport] = []
        self._sites: dict[ir.FunctionId, Counter[ir.FunctionId]] = {}
        """For each visited function, how often it calls others outside of split loops."""

    def split(self) -> SplitProgram:
        functions = dict(self._module.functions)
        for name in callers_first(self._module):
            functions[name] = self._function(functions[name])
        loops = tuple(self._loops)
        made, structs = slice_module(loops, self._packer)
        packing = self._packer.functions
        home = self._module_of({**functions, **packing}, self._module.structs, self._module.main)
        slice_ = self._module_of(
            {**self._module.functions, **packing, **made},
            {**self._module.structs, **structs},
            ir.FunctionId("$mesh_chunk"),
        )
        reports = sorted(self._reports, key=lambda r: (r.span.file, r.span.line, r.span.column))
        return SplitProgram(home, slice_, tuple(reports))

    def _module_of(
        self,
        functions: Mapping[ir.FunctionId, ir.Function],
        structs: Mapping[ir.StructId, ir.StructDefinition],
        main: ir.FunctionId,
    ) -> ir.Module:
        """Keep what `main`, the exports and lowering itself reach."""
        exported = [name for name, function in functions.items() if function.exported]
        roots = [main, *exported, *(name for name in ROOTS if name in functions)]
        reached = _reached(functions, structs, roots, self._facts)
        placed = {
            name: without_elements(function)
            if name.startswith("$record") or not is_prelude(function)
            else function
            for name, function in reached.items()
        }
        return ir.Module(structs, placed, main)

    def _function(self, function: ir.Function) -> ir.Function:
        self._sites[function.function] = callees_in(function.body)
        if self._is_covered(function):
            self._sites[function.function].clear()
            self._cover(function.body, function)
            return function
        planner = Planner(self._module, function, self._aliases, self._packer, self._options)
        body = self._block(function.body, planner, function)
        return replace(function, body=body, locals=tuple(planner.table.table))

    def _block(self, block: ir.Block, planner: Planner, function: ir.Function) -> ir.Block:
        statements: list[ir.Statement] = []
        for statement in block:
            if isinstance(statement, ir.ForRange):
                split = self._loop(statement, planner, function)
                if split is not None:
                    statements += split
                    continue
            elif isinstance(statement, ir.While):
                split = self._while(statement, planner, function)
                if split is not None:
                    statements += split
                    continue
            statements.append(map_blocks(statement, lambda b: self._block(b, planner, function)))
        return tuple(statements)

    def _loop(self, loop: ir.ForRange, planner: Planner, function: ir.Function) -> ir.Block | None:
        """Split a loop; None if it stays as it is."""
        plan = self._aliased(loop, function) or self._plan(loop, planner)
        if isinstance(plan, Refusal):
            self._refuse(loop, plan, function)
            return None
        number = len(self._loops)
        self._reports.append(describe(plan, number, self._summaries))
        self._cover(loop.body, function)
        self._sites[function.function] -= callees_in(loop.body)
        split = HomeLoop(plan, number, self._packer, planner.table).build()
        self._loops.append(SplitLoop(plan, number, planner.table))
        return split

    def _aliased(self, loop: ir.ForRange | ir.While, function: ir.Function) -> Refusal | None:
        if not self._options.rules.pointers:
            return None
        return aliased(loop, function, self._aliases)

    def _while(self, loop: ir.While, planner: Planner, function: ir.Function) -> ir.Block | None:
        """Split a `while` loop that counts; None if it stays as it is."""
        refusal = self._aliased(loop, function)
        if refusal is not None:
            self._refuse(loop, refusal, function)
            return None
        is_steady = self._options.rules.steady
        found = counted(loop, planner.table, self._summaries, must_be_steady=is_steady)
        if found is None:
            self._refuse(loop, self._while_refusal(loop, function), function)
            return None
        split = self._loop(found.loop, planner, function)
        if split is None or found.condition is None:
            return split
        return (ir.If(found.condition, split, (loop,), loop.span),)

    def _while_refusal(self, loop: ir.While, function: ir.Function) -> Refusal:
        """Name what the loop's end depends on; a temporary value has no name to tell."""
        test = ir.If(loop.condition, loop.prepare, (), loop.span)
        if any(".__has_next__" in name or ".__next__" in name for name in callees_in((test,))):
            message = "goes through an iterator, whose elements follow from each other"
            advice = "put the elements into a List first, and loop over that"
            return Refusal(Verdict.NOT_DISTRIBUTED, Reason(message, loop.span, advice))
        read = locals_read_in((test,), self._summaries)
        changed = read & locals_written_by(loop.body, self._summaries)
        names = [function.locals[local].name for local in sorted(changed)]
        shown = [f"`{name}`" for name in names if not name.startswith("$")]
        message = "the iterations of a `while` loop follow from each other"
        if shown:
            message = f"the loop's end depends on {', '.join(shown)}, which its body changes"
        advice = (
            "if it is known before how often it runs at most, write `for ... in range(...)`, with "
            "a `break` where it may end sooner"
        )
        return Refusal(Verdict.NOT_DISTRIBUTED, Reason(message, loop.span, advice))

    def _is_covered(self, function: ir.Function) -> bool:
        """Tell whether all calls of a function, as far as known, are in iterations of split loops."""
        if function.function == self._module.main:
            return False
        return not any(
            sites[function.function]
            for caller, sites in self._sites.items()
            if caller != function.function
        )

    def _cover(self, block: ir.Block, function: ir.Function) -> None:
        """Report the loops that run within iterations of a distributed loop."""
        for inner in statements_in(block):
            if isinstance(inner, ir.ForRange | ir.While):
                self._reports.append(
                    LoopReport(None, function.function, inner.span, Verdict.INSIDE)
                )

    def _plan(self, loop: ir.ForRange, planner: Planner) -> LoopPlan | Refusal:
        if len(self._loops) >= self._options.loops_max:
            reason = Reason(f"{self._options.loops_max} loops are split already", loop.span)
            return Refusal(Verdict.NOT_DISTRIBUTED, reason)
        return planner.plan(loop)

    def _refuse(
        self, loop: ir.ForRange | ir.While, refusal: Refusal, function: ir.Function
    ) -> None:
        self._reports.append(
            LoopReport(
                None,
                function.function,
                loop.span,
                refusal.verdict,
                reason=refusal.reason,
                suggestion=refusal.reason.help,
            )
        )


def callees_in(block: ir.Block) -> Counter[ir.FunctionId]:
    """Count the calls in a block by function."""
    return Counter(s.function for s in statements_in(block) if isinstance(s, ir.Call))


def callers_first(module: ir.Module) -> list[ir.FunctionId]:
    """Give the program's own functions in an order that has callers before callees, but for recursion."""
    finished: list[ir.FunctionId] = []
    entered: set[ir.FunctionId] = set()
    waiting: list[tuple[ir.FunctionId, bool]] = [(module.main, False)]
    while waiting:
        name, is_left = waiting.pop()
        if is_left:
            finished.append(name)
            continue
        if name in entered or is_prelude(module.functions[name]):
            continue
        entered.add(name)
        waiting.append((name, True))
        waiting += [(callee, False) for callee in callees_in(module.functions[name].body)]
    return finished[::-1]


def _reached(
    functions: Mapping[ir.FunctionId, ir.Function],
    structs: Mapping[ir.StructId, ir.StructDefinition],
    roots: Iterable[ir.FunctionId],
    facts: LibraryFacts,
) -> dict[ir.FunctionId, ir.Function]:
    """Keep the functions that the roots reach, in their order."""

    def callees(function: ir.Function) -> tuple[ir.FunctionId, ...]:
        called = [c for s in statements_in(function.body) for c in _calls(s, structs)]
        dropped = [d for local in function.locals for d in _drop_of(local.type, structs)]
        return (*called, *dropped)

    reached: set[ir.FunctionId] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        waiting += facts.callees.find(functions[name], callees)
    return {name: function for name, function in functions.items() if name in reached}


def _calls(
    statement: ir.Statement, structs: Mapping[ir.StructId, ir.StructDefinition]
) -> tuple[ir.FunctionId, ...]:
    match statement:
        case ir.Call():
            return (statement.function,)
        case ir.Drop():
            return _drop_of(statement.place.type, structs)
        case _:
            return ()


def _drop_of(
    type_: ir.Type, structs: Mapping[ir.StructId, ir.StructDefinition]
) -> tuple[ir.FunctionId, ...]:
    drop = structs[type_.struct].drop if isinstance(type_, ir.StructType) else None
    return () if drop is None else (drop,)
