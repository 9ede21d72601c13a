"""Scopes of a function being lowered: the owned locals that every way out must drop, and moves.

**Exits.** `_frames` holds the open scopes, loops and tries, outermost first. A jump out of scopes
must drop their owned locals. For returns and raises each scope makes one block on demand that drops
its locals and goes on to the block of the next scope out, so that the text grows with the scopes,
not with scopes times exits. Breaks and continues are few and cross few scopes: their drops are
written in place.
"""

from enum import Enum, unique

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.layout import alignment_of, is_owned, size_of
from meshnode.compiler.llvm.expressions import ExpressionWriter
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
    labels: dict[Exit, str] = msgspec.field(default_factory=dict)
    """Blocks that drop this scope's locals and go on outwards, made on demand."""


class Loop(msgspec.Struct, frozen=True):
    """An open loop."""

    break_label: str
    continue_label: str


class Try(msgspec.Struct, frozen=True):
    """An open try."""

    error: ir.LocalId
    handler: str


class ScopeWriter(ExpressionWriter):
    """Adds to expressions the open scopes, loops and tries of one function."""

    def __init__(self, module: Surroundings, function: ir.Function) -> None:
        super().__init__(module)
        self.function = function
        self.frames: list[Scope | Loop | Try] = []
        """Outermost first."""
        self.exits: dict[Exit, str] = {}
        """The blocks at the function's end, made on demand."""

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

        What is dropped at the end of its scope stays as it is, since nobody looks at it again; but parameters are the
        caller's memory.
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
        if scope.labels:
            after = self.new_label("after")
            is_after_reached = self.is_open
            if self.is_open:
                self.terminate(f"br label %{after}")
            for exit_, label in scope.labels.items():
                self.start_block(label)
                self._end(scope)
                self.terminate(f"br label %{self.exit_label(exit_)}")
            if is_after_reached:
                self.start_block(after)

    def _end(self, scope: Scope) -> None:
        """Destroy what a scope's locals hold, the last one first."""
        parameters = {parameter.local for parameter in self.function.parameters}
        for local in reversed(scope.owned):
            if local in parameters:
                self.drop(local)
            else:
                self.destroy_at(self.function.locals[local].type, self.addresses[local])

    def exit_label(self, exit_: Exit) -> str:
        """Give the block to jump to for a return or raise from here."""
        for frame in reversed(self.frames):
            match frame:
                case Scope():
                    if exit_ not in frame.labels:
                        frame.labels[exit_] = self.new_label(exit_.value)
                    return frame.labels[exit_]
                case Try(_, handler) if exit_ is Exit.RAISE:
                    return handler
                case _:
                    pass
        if exit_ not in self.exits:
            self.exits[exit_] = self.new_label(f"leave_{exit_.value}")
        return self.exits[exit_]

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

    def drop(self, local: ir.LocalId) -> None:
        """Destroy what an owned local holds."""
        self.drop_at(self.function.locals[local].type, self.addresses[local])

    def drop_at(self, type_: ir.Type, address: str) -> None:
        """Destroy the value at an address, if its type is owned, and leave zero."""
        if self.destroy_at(type_, address):
            self.zero(type_, address)

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
        source_address, target_address = self.address(source), self.address(target)
        self.copy(target.type, source_address, target_address)
        if is_owned(target.type, self.module.structs):
            self.zero(target.type, source_address)

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
