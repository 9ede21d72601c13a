"""Scopes of a function being lowered: the owned locals that every way out must drop, and moves.

**Exits.** `_frames` holds the open scopes, loops and tries, outermost first. A jump out of scopes
must drop their owned locals. For returns and raises each scope makes one block on demand that drops
its locals and goes on to the block of the next scope out, so that the text grows with the scopes,
not with scopes times exits. Breaks and continues are few and cross few scopes: their drops are
written in place.
"""

from collections.abc import Iterator
from enum import Enum, unique

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.layout import alignment_of, is_owned, size_of
from meshnode.compiler.llvm.expressions import ExpressionWriter
from meshnode.compiler.llvm.holding import Holding, Jump
from meshnode.compiler.llvm.surroundings import Surroundings
from meshnode.compiler.llvm.text import tbaa_leaf, tbaa_tag, value_type, zero_constant

_LEAVES_MAX = 4
"""Structs of so many scalars are copied one by one."""


@unique
class Exit(Enum):
    """Ways out of a function."""

    RETURN = "return"
    RAISE = "raise"


class Scope(msgspec.Struct):
    """An open scope."""

    owned: tuple[ir.LocalId, ...]
    exits: dict[Exit, Jump] = msgspec.field(default_factory=dict)
    """Blocks that drop this scope's locals and go on outwards, made on demand."""


class Loop(msgspec.Struct, frozen=True):
    """An open loop."""

    break_label: str
    continue_label: str


class Try(msgspec.Struct, frozen=True):
    """An open try."""

    error: ir.LocalId
    handler: Jump


class ScopeWriter(ExpressionWriter):
    """Adds to expressions the open scopes, loops and tries of one function."""

    def __init__(self, module: Surroundings, function: ir.Function) -> None:
        super().__init__(module)
        self.function = function
        self.holding = Holding(parameter.local for parameter in function.parameters)
        self.frames: list[Scope | Loop | Try] = []
        """Outermost first."""
        lent = [p.local for p in function.parameters if p.passing is not ir.Passing.OWNED]
        self._lent = {*lent, function.result}
        """The caller's memory, which it looks at again."""
        self._zeros: dict[ir.LocalId, list[int]] = {}
        """The lines that fill a local with zero."""
        self.exits: dict[Exit, Jump] = {}
        """The blocks at the function's end, made on demand."""

    def owned_parameters(self) -> tuple[ir.LocalId, ...]:
        """List the parameters whose values the function destroys."""
        function, structs = self.function, self.module.structs
        return tuple(
            parameter.local
            for parameter in function.parameters
            if parameter.passing is ir.Passing.OWNED
            and is_owned(function.locals[parameter.local].type, structs)
        )

    def block(self, block: ir.Block) -> None:
        """Write statements until one ends the basic block for good."""
        for statement in block:
            if not self.is_open:
                return
            self.statement(statement)

    def statement(self, statement: ir.Statement) -> None:
        """Write one statement."""
        raise NotImplementedError

    def leave_loop(self, *, is_break: bool) -> None:
        """Jump out of, or to the next iteration of, the innermost loop."""
        for frame in reversed(self.frames):
            match frame:
                case Scope():
                    self._end(frame)
                case Loop(break_label, continue_label):
                    self.terminate(f"br label %{break_label if is_break else continue_label}")
                    return
                case Try():
                    pass
        raise AssertionError("a break or continue outside of loops")

    # --------------------------------------------------------------------------- scopes, exits

    def scoped(self, locals_: tuple[ir.LocalId, ...], body: ir.Block) -> None:
        """Write a block whose owned locals are dropped on every way out; they are zero or set before.

        What is dropped at the end of its scope stays as it is, since nobody looks at it again.
        """
        structs = self.module.structs
        owned = tuple(
            local for local in locals_ if is_owned(self.function.locals[local].type, structs)
        )
        if not owned:
            self.block(body)
            return
        scope = Scope(owned)
        self.frames.append(scope)
        self.block(body)
        self.frames.pop()
        if self.is_open:
            self._end(scope)
        after_body = self.holding.now
        if scope.exits:
            after = self.new_label("after")
            is_after_reached = self.is_open
            if self.is_open:
                self.terminate(f"br label %{after}")
            for exit_, jump in scope.exits.items():
                self.start_block(jump.label)
                self.holding.start(jump)
                self._end(scope)
                self.terminate(f"br label %{self.exit_label(exit_)}")
            if is_after_reached:
                self.start_block(after)
        self.holding.now = after_body
        for local in owned:
            self.holding.empty(local)

    def _end(self, scope: Scope) -> None:
        """Destroy what a scope's locals hold, the last one first."""
        for local in reversed(scope.owned):
            if self.holding.must_drop(local):
                self.destroy_at(self.function.locals[local].type, self.addresses[local])

    def jump(self, jump: Jump) -> None:
        """Jump to a block."""
        self.holding.arrive(jump)
        self.terminate(f"br label %{jump.label}")

    def exit_label(self, exit_: Exit) -> str:
        """Give the block to jump to for a return or raise from here."""
        jump = self._exit(exit_)
        self.holding.arrive(jump)
        return jump.label

    def _exit(self, exit_: Exit) -> Jump:
        for frame in reversed(self.frames):
            match frame:
                case Scope():
                    if exit_ not in frame.exits:
                        frame.exits[exit_] = Jump(self.new_label(exit_.value))
                    return frame.exits[exit_]
                case Try(_, handler) if exit_ is Exit.RAISE:
                    return handler
                case _:
                    pass
        if exit_ not in self.exits:
            self.exits[exit_] = Jump(self.new_label(f"leave_{exit_.value}"))
        return self.exits[exit_]

    def jumps(self) -> Iterator[Jump]:
        """List the blocks that are jumped to from within what is open."""
        yield from self.exits.values()
        for frame in self.frames:
            match frame:
                case Scope():
                    yield from frame.exits.values()
                case Try(_, handler):
                    yield handler
                case Loop():
                    pass

    def error_address(self) -> str:
        """Give the place where an error that is raised here goes."""
        for frame in reversed(self.frames):
            if isinstance(frame, Try):
                return self.addresses[frame.error]
        assert self.function.raises, f"{self.function.function} raises but does not say so"
        return "%error"

    # ---------------------------------------------------------------------------------- values

    def trap(self) -> None:
        """End the program here."""
        self.module.declare("declare void @llvm.trap()")
        self.emit("call void @llvm.trap()")
        self.terminate("unreachable")

    def drop(self, place: ir.Place) -> None:
        """Destroy the value in a place, if its type is owned, and leave zero."""
        if not isinstance(place, ir.LocalPlace):
            self.drop_at(place.type, self.address(place))
            return
        local, address = place.local, self.addresses[place.local]
        if self._is_from_outside_the_loop(local):
            self.holding.doubt(local)
        if self.holding.must_drop(local) and self.destroy_at(place.type, address):
            self.zero_local(local)
            self.holding.empty(local)

    def _is_from_outside_the_loop(self, local: ir.LocalId) -> bool:
        """Tell whether what the innermost loop does later, in an earlier iteration, may concern a local."""
        for frame in reversed(self.frames):
            match frame:
                case Scope(owned) if local in owned:
                    return False
                case Loop():
                    return True
                case _:
                    pass
        return False

    def zero_local(self, local: ir.LocalId) -> None:
        """Fill a local with zero, if anything may ask whether it holds a value."""
        type_, written = self.function.locals[local].type, len(self.lines)
        self.zero(type_, self.addresses[local])
        is_own = local not in self._lent and is_owned(type_, self.module.structs)
        if is_own and len(self.lines) > written:
            self._zeros.setdefault(local, []).append(written)

    def needed_lines(self) -> list[str]:
        """Give what was written, without the zeros that nobody asks for."""
        doubtful = self.holding.doubtful
        idle = {n for local, lines in self._zeros.items() if local not in doubtful for n in lines}
        return [line for number, line in enumerate(self.lines) if number not in idle]

    def address(self, place: ir.Place) -> str:
        """Compute the address of a place, checking indices; who has it may put something there."""
        if isinstance(place, ir.LocalPlace):
            self.holding.touch(place.local)
        return super().address(place)

    def target_address(self, place: ir.Place) -> str:
        """Compute the address of a place that is given a whole value."""
        if isinstance(place, ir.LocalPlace):
            self.holding.fill(place.local)
            return self.addresses[place.local]
        return self.address(place)

    def drop_at(self, type_: ir.Type, address: str) -> None:
        """Destroy the value at an address, if its type is owned, and leave zero."""
        if self.destroy_at(type_, address):
            self.zero(type_, address)

    def leave_empty(self, place: ir.Place, address: str) -> None:
        """Note that the value of a place went elsewhere, and leave zero."""
        if isinstance(place, ir.LocalPlace):
            self.zero_local(place.local)
            self.holding.empty(place.local)
        elif is_owned(place.type, self.module.structs):
            self.zero(place.type, address)

    def destroy_at(self, type_: ir.Type, address: str) -> bool:
        """Destroy the value at an address and leave anything; tells whether there was something to do."""
        if not isinstance(type_, ir.StructType):
            return False
        drop = self.module.structs[type_.struct].drop
        if drop is None:
            return False
        self.emit(f"call void {self.module.callee(drop)}(ptr {address})")
        return True

    def move(self, target: ir.Place, source: ir.Place) -> None:
        """Move a value between places."""
        if not isinstance(target.type, ir.StructType):
            self.store_place(target, self.load_place(source, source.type))
            return
        source_address, target_address = self.address(source), self.target_address(target)
        self.copy(target.type, source_address, target_address)
        self.leave_empty(source, source_address)

    def copy(self, type_: ir.Type, source: str, target: str) -> None:
        """Copy a value's bits between addresses."""
        if not isinstance(type_, ir.StructType):
            self.store(type_, self.load(type_, source), target)
            return
        if leaves := self._leaves(type_):
            struct = value_type(type_)
            steps = [", ".join(f"i32 {index}" for index in (0, *path)) for path, _ in leaves]
            values = [
                self.load(
                    leaf, self.value(f"getelementptr inbounds {struct}, ptr {source}, {step}")
                )
                for (_, leaf), step in zip(leaves, steps, strict=True)
            ]
            for value, (_, leaf), step in zip(values, leaves, steps, strict=True):
                place = self.value(f"getelementptr inbounds {struct}, ptr {target}, {step}")
                self.store(leaf, value, place)
            return
        size = size_of(type_, self.module.structs)
        self.module.declare("declare void @llvm.memcpy.p0.p0.i32(ptr, ptr, i32, i1)")
        self.emit(
            f"call void @llvm.memcpy.p0.p0.i32({self._aligned(type_, target)}, "
            f"{self._aligned(type_, source)}, i32 {size}, i1 false)"
        )

    def _leaves(self, type_: ir.StructType) -> list[tuple[tuple[int, ...], ir.Type]]:
        """List the scalars of a small struct that holds pointers, with the indices of the fields that lead to them.

        A processor waits when it is to read eight bytes of which four were just written.
        """
        found: list[tuple[tuple[int, ...], ir.Type]] = []
        waiting: list[tuple[tuple[int, ...], ir.Type]] = [((), type_)]
        while waiting:
            path, part = waiting.pop()
            if isinstance(part, ir.StructType):
                fields = self.module.structs[part.struct].fields
                waiting += [((*path, i), field.type) for i, field in enumerate(fields)]
            elif not isinstance(part, ir.UnitType):
                found.append((path, part))
            if len(found) + len(waiting) > _LEAVES_MAX:
                return []
        return found[::-1] if any(isinstance(leaf, ir.PointerType) for _, leaf in found) else []

    def zero(self, type_: ir.Type, address: str) -> None:
        """Fill the memory of a value with zero."""
        if isinstance(type_, ir.UnitType):
            return
        if not isinstance(type_, ir.StructType):
            self.store(type_, zero_constant(type_), address, tbaa_tag(tbaa_leaf(type_)))
            return
        size = size_of(type_, self.module.structs)
        self.module.declare("declare void @llvm.memset.p0.i32(ptr, i8, i32, i1)")
        self.emit(
            f"call void @llvm.memset.p0.i32({self._aligned(type_, address)}, i8 0, "
            f"i32 {size}, i1 false)"
        )

    def _aligned(self, type_: ir.Type, address: str) -> str:
        return f"ptr align {alignment_of(type_, self.module.structs)} {address}"
