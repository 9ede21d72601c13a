"""Destruction after last use: a pass over the structured IR that puts drops where values die.

A `Scope` drops what its locals still hold on every way out; for most types that is all there is, and nobody can see
*when* a list or a string is freed. Programs see it where a destructor of their own runs, or a reference count falls:
values of such types (`observed`) end right after their last use, as in the language. Everything else keeps its scope:
temporaries end with their statement anyway, and each early drop would cost a call where the scope's own still stands.

**Liveness.** Blocks are walked backwards with the set of units that will be used again. After each statement the units
that it touched and nobody uses again are dropped, last declared first; where branches, loops and handlers begin, those
that only another way would have used. Drops empty their place, so that the scope's own drop, and drops on ways where a
value was moved away or never made, do nothing: no drop flags are needed beside the `$alive` of the objects themselves.

What the caller lent to be changed is used again at every end of the function; its old value dies after its last use
all the same, where a new one is to come.

**Raising.** What a handler will use is alive at every point of its `try` that may raise. Variables inside of the `try`
are left to their scopes, which end them on the way out; those outside die where the handler begins.

**Fields.** A second round watches fields: those of `deinit` arguments, which end one by one, and those of variables
that are assigned as fields, whose old value dies after its own last use. A whole variable's drop uses all its fields.

**Copies** that nothing spells out become moves where they are their variable's last use; those of other types too, in
a round of their own that drops nothing.
"""

from collections.abc import Container, Iterable

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.destroy.observed import observed_structs
from meshnode.compiler.destroy.units import Borrowing, Passings, Unit, Units, copied_whole
from meshnode.compiler.loops.walk import map_blocks, statements_in

Live = frozenset[Unit]

NOTHING: Live = frozenset()

KEEP_ALIVE = "keep_alive"
"""The intrinsic that only says that a place is still used; gone after this pass."""


def insert_drops(module: ir.Module, done: Container[ir.FunctionId] = ()) -> ir.Module:
    """Let observed values end after their last use; `done` are functions that have their drops."""
    observed = observed_structs(module)
    passings, borrowing = Passings(module.functions), Borrowing(module)
    functions = {
        name: function
        if name in done
        else _with_drops(function, module, observed, passings, borrowing)
        for name, function in module.functions.items()
    }
    return replace(module, functions=functions)


def _with_drops(
    function: ir.Function,
    module: ir.Module,
    observed: frozenset[ir.StructId],
    passings: Passings,
    borrowing: Borrowing,
) -> ir.Function:
    def is_observed(type_: ir.Type) -> bool:
        return isinstance(type_, ir.StructType) and type_.struct in observed

    taken_apart = {p.local for p in function.parameters if p.is_deinit}
    mutable = (ir.Passing.OWNED, ir.Passing.MUTATE)
    watched = {p.local for p in function.parameters if p.passing in mutable} - taken_apart
    for statement in statements_in(function.body):
        if isinstance(statement, ir.Scope):
            watched.update(statement.locals)
        elif isinstance(statement, ir.Try):
            watched.add(statement.error)
    copied = copied_whole(function) & watched
    watched = {local for local in watched if is_observed(function.locals[local].type)}
    assigned_in_parts = {
        statement.place.base.local
        for statement in statements_in(function.body)
        if isinstance(statement, ir.Drop)
        and isinstance(statement.place, ir.FieldPlace)
        and isinstance(statement.place.base, ir.LocalPlace)
    }
    if watched:
        whole = {local: (Unit(local),) for local in watched}
        function = _Dropper(function, module, Units(function, whole, passings, borrowing)).run(
            sorted(watched)
        )
    parts = {
        local: tuple(
            Unit(local, f.name) for f in _fields(function, module, local) if is_observed(f.type)
        )
        for local in sorted(taken_apart | (watched & assigned_in_parts))
    }
    if copied := copied - watched:
        whole = {local: (Unit(local),) for local in copied}
        units = Units(function, whole, passings, borrowing)
        function = _Dropper(function, module, units, only_moves=True).run(())
    is_marked = any(
        isinstance(s, ir.Perform) and s.name == KEEP_ALIVE for s in statements_in(function.body)
    )
    if any(parts.values()):
        units = Units(function, parts, passings, borrowing)
        function = _Dropper(function, module, units).run(sorted(parts))
    return replace(function, body=_unmarked(function.body)) if is_marked else function


def _unmarked(block: ir.Block) -> ir.Block:
    """Take out what only said that a place is still used."""
    return tuple(
        map_blocks(statement, _unmarked)
        for statement in block
        if not (isinstance(statement, ir.Perform) and statement.name == KEEP_ALIVE)
    )


def _fields(function: ir.Function, module: ir.Module, local: ir.LocalId) -> tuple[ir.Field, ...]:
    type_ = function.locals[local].type
    return module.structs[type_.struct].fields if isinstance(type_, ir.StructType) else ()


class _Handler(msgspec.Struct):
    """An open `try`: what its handler uses, and what may be alive where the body raises."""

    live: Live
    raised: set[Unit] = msgspec.field(default_factory=set)
    ending: set[Unit] = msgspec.field(default_factory=set)
    """Units whose last use is what raises."""


class _Loop(msgspec.Struct, frozen=True):
    """An open loop: what is used after it, and by its next iteration."""

    after: Live
    next: Live


class _Dropper:
    """Rewrites one function for one set of units; `only_moves` leaves all drops to the scopes."""

    def __init__(
        self, function: ir.Function, module: ir.Module, units: Units, *, only_moves: bool = False
    ) -> None:
        self._only_moves = only_moves
        self._function = function
        self._module = module
        self._units = units
        self._locals = list(function.locals)
        self._handlers: list[_Handler] = []
        self._loops: list[_Loop] = []
        self._callers = NOTHING.union(
            *(
                units.of(p.local)
                for p in function.parameters
                if p.passing is ir.Passing.MUTATE and not p.is_deinit
            )
        )
        """Units that the caller uses again."""

    def run(self, from_start: Iterable[ir.LocalId]) -> ir.Function:
        """Rewrite the body; parameters among `from_start` that nobody uses end at once."""
        body, live = self._block(self._function.body, self._callers)
        given = {p.local for p in self._function.parameters}
        dead = {u for local in from_start if local in given for u in self._units.of(local)} - live
        body = (*self._drops(dead, self._function.span), *body)
        return replace(self._function, body=body, locals=tuple(self._locals))

    def _drops(self, units: Iterable[Unit], span: ir.Span) -> ir.Block:
        """Drop variables last declared first, fields in order."""
        if self._only_moves:
            return ()
        ordered = sorted(units, key=lambda unit: -unit.local)
        names = {
            local: [f.name for f in _fields(self._function, self._module, local)]
            for local in {unit.local for unit in ordered if unit.field}
        }
        ordered.sort(
            key=lambda unit: (
                -unit.local,
                names[unit.local].index(unit.field) if unit.field else 0,
            )
        )
        return tuple(ir.Drop(self._place(unit), span) for unit in ordered)

    def _place(self, unit: Unit) -> ir.Place:
        whole = ir.LocalPlace(unit.local, self._locals[unit.local].type)
        if not unit.field:
            return whole
        for member in _fields(self._function, self._module, unit.local):
            if member.name == unit.field:
                return ir.FieldPlace(whole, unit.field, member.type)
        raise AssertionError(unit)

    # ------------------------------------------------------------------------------------------------ statements

    def _block(self, block: ir.Block, live: Live) -> tuple[ir.Block, Live]:
        """Rewrite a block after which `live` is used; gives what is used from its start on."""
        done: list[ir.Statement] = []
        for statement in reversed(block):
            rewritten, live = self._statement(statement, live)
            done += reversed(rewritten)
        return tuple(reversed(done)), live

    def _statement(self, statement: ir.Statement, live: Live) -> tuple[ir.Block, Live]:  # noqa: PLR0911 - one case a variant
        match statement:
            case ir.If():
                return self._if(statement, live)
            case ir.While():
                return self._while(statement, live)
            case ir.ForRange():
                return self._for(statement, live)
            case ir.Try():
                return self._try(statement, live)
            case ir.Scope(locals_, inner):
                body, live = self._block(inner, live)
                own = {unit for local in locals_ for unit in self._units.of(local)}
                return (replace(statement, body=body),), live - own
            case ir.Break():
                return (statement,), self._loops[-1].after
            case ir.Continue():
                return (statement,), self._loops[-1].next
            case ir.Return():
                return (statement,), self._callers
            case ir.Raise():
                touch = self._units.touch(statement)
                self._raises(NOTHING, NOTHING)
                return (statement,), self._handled() | touch.used
            case _:
                return self._leaf(statement, live)

    def _handled(self) -> Live:
        return self._handlers[-1].live if self._handlers else self._callers

    def _raises(self, live: Live, ending: Live) -> None:
        if self._handlers:
            self._handlers[-1].raised |= live
            self._handlers[-1].ending |= ending

    def _leaf(self, statement: ir.Statement, live: Live) -> tuple[ir.Block, Live]:
        touch = self._units.touch(statement)
        if isinstance(statement, ir.Perform) and statement.name == KEEP_ALIVE:
            return (statement, *self._drops(touch.used - live, statement.span)), live | touch.used
        if isinstance(statement, ir.Call) and statement.is_elidable:
            statement = self._moved(statement, live)
            touch = self._units.touch(statement)
        handled = NOTHING
        if isinstance(statement, ir.Call) and self._module.functions[statement.function].raises:
            handled = self._handled()
            self._raises(live, touch.used - live)
        dead = (touch.used | touch.defined | handled) - live - touch.emptied
        before, rewritten, early = self._hoisted(statement, dead - touch.defined - handled)
        after = self._drops(dead - early, statement.span)
        return (*before, rewritten, *after), (live - touch.defined) | touch.used | handled

    def _moved(self, copy: ir.Call, live: Live) -> ir.Statement:
        """Make a move of a copy that is the last use of its source."""
        argument = copy.arguments[0]
        assert isinstance(argument, ir.ByReference)
        source = argument.place
        units = self._units.exactly(source)
        is_whole = isinstance(source, ir.LocalPlace) and len(units) == 1 and not units[0].field
        if not is_whole or units[0] in live or copy.target is None:
            return copy
        target = copy.target
        is_temporary = isinstance(target, ir.LocalPlace) and self._locals[
            target.local
        ].name.startswith("$t")
        assert isinstance(source.type, ir.StructType)
        move = self._module.structs[source.type.struct].move
        if is_temporary or move is None:
            return ir.Move(target, source, copy.span)
        return ir.Call(target, move, (argument,), copy.span)

    def _hoisted(self, statement: ir.Statement, dead: Live) -> tuple[ir.Block, ir.Statement, Live]:
        """Read numbers out of dying objects before a call, so that they end before it."""
        if self._only_moves or not isinstance(statement, ir.Call) or not dead:
            return (), statement, NOTHING
        needed: set[Unit] = set()
        for argument in statement.arguments:
            if isinstance(argument, ir.ByReference):
                needed |= self._units.touch(ir.Drop(argument.place, statement.span)).emptied
                probe = ir.CopyBits(argument.place, argument.place, statement.span)
                needed |= self._units.touch(probe).used
            elif isinstance(argument.value.type, ir.PointerType):
                needed |= self._units.read_by(argument.value)
            else:
                read = self._units.read_by(argument.value)
                needed |= read - self._units.directly_read_by(argument.value)
        early = dead - needed
        if not early:
            return (), statement, NOTHING
        before: list[ir.Statement] = []
        arguments = list(statement.arguments)
        reads = [
            self._units.read_by(argument.value) & early
            if isinstance(argument, ir.ByValue)
            else NOTHING
            for argument in arguments
        ]
        for number, argument in enumerate(statement.arguments):
            if isinstance(argument, ir.ByValue) and reads[number]:
                held = self._held(argument.value, statement.span, before)
                arguments[number] = ir.ByValue(held)
                later = NOTHING.union(*reads[number + 1 :])
                before += self._drops(reads[number] - later, statement.span)
        return tuple(before), replace(statement, arguments=tuple(arguments)), early

    def _held(self, value: ir.Expr, span: ir.Span, before: list[ir.Statement]) -> ir.Expr:
        """Keep an expression's value in a local of its own."""
        self._locals.append(ir.Local(f"$t{len(self._locals)}", value.type, span))
        place = ir.LocalPlace(ir.LocalId(len(self._locals) - 1), value.type)
        before.append(ir.Assign(place, value, span))
        return ir.Load(place, value.type)

    # --------------------------------------------------------------------------------------------------- control

    def _if(self, statement: ir.If, live: Live) -> tuple[ir.Block, Live]:
        then, live_then = self._block(statement.then, live)
        otherwise, live_otherwise = self._block(statement.otherwise, live)
        start = self._units.read_by(statement.condition) | live_then | live_otherwise
        span = statement.span
        then = (*self._drops(start - live_then, span), *then)
        otherwise = (*self._drops(start - live_otherwise, span), *otherwise)
        return (replace(statement, then=then, otherwise=otherwise),), start

    def _while(self, statement: ir.While, live: Live) -> tuple[ir.Block, Live]:
        otherwise, live_otherwise = self._block(statement.otherwise, live)
        head = live_otherwise
        while True:
            self._loops.append(_Loop(live, head))
            body, live_body = self._block(statement.body, head)
            self._loops.pop()
            test = self._units.read_by(statement.condition) | live_body | live_otherwise
            prepare, before = self._block(statement.prepare, test)
            if before <= head:
                break
            head |= before
        span = statement.span
        body = (*self._drops(test - live_body, span), *body)
        otherwise = (*self._drops(test - live_otherwise, span), *otherwise)
        done = replace(statement, prepare=prepare, body=body, otherwise=otherwise)
        return (done,), head

    def _for(self, statement: ir.ForRange, live: Live) -> tuple[ir.Block, Live]:
        otherwise, live_otherwise = self._block(statement.otherwise, live)
        head = live_otherwise
        while True:
            self._loops.append(_Loop(live, head))
            body, live_body = self._block(statement.body, head)
            self._loops.pop()
            if live_body <= head:
                break
            head |= live_body
        span = statement.span
        before: list[ir.Statement] = []
        bounds = {"start": statement.start, "stop": statement.stop, "step": statement.step}
        read: Live = NOTHING
        for name, bound in bounds.items():
            ending = self._units.read_by(bound) - head
            if ending and not self._only_moves:
                bounds[name] = self._held(bound, span, before)
                read |= ending
            read |= self._units.read_by(bound)
        before += self._drops(read - head, span)
        body = (*self._drops(head - live_body, span), *body)
        otherwise = (*self._drops(head - live_otherwise, span), *otherwise)
        done = replace(
            statement,
            start=bounds["start"],
            stop=bounds["stop"],
            step=bounds["step"],
            body=body,
            otherwise=otherwise,
        )
        return (*before, done), head | read

    def _try(self, statement: ir.Try, live: Live) -> tuple[ir.Block, Live]:
        span = statement.span
        otherwise, live_otherwise = self._block(statement.otherwise, live)
        handler, live_handler = self._block(statement.handler, live)
        error = frozenset(self._units.of(statement.error))
        unused_error = self._drops(error - live_handler, span)
        self._handlers.append(_Handler(live_handler - error))
        body, live_body = self._block(statement.body, live_otherwise)
        frame = self._handlers.pop()
        inner = {
            unit
            for s in statements_in(statement.body)
            if isinstance(s, ir.Scope)
            for local in s.locals
            for unit in self._units.of(local)
        }
        ending = frame.ending - live_handler - inner
        rest = frame.raised - live_handler - inner - ending
        drops = (*self._drops(ending, span), *self._drops(rest, span), *unused_error)
        done = replace(statement, body=body, handler=(*drops, *handler), otherwise=otherwise)
        return (done,), live_body
