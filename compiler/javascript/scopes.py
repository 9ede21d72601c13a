"""The text of one function being written, and its open scopes, loops and tries with what every way out must drop."""

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.javascript.expressions import ExpressionWriter
from meshnode.compiler.javascript.names import Names
from meshnode.compiler.layout import is_owned, size_of


class Scope(msgspec.Struct, frozen=True):
    """An open scope."""

    owned: tuple[ir.LocalId, ...]


class Loop(msgspec.Struct, frozen=True):
    """An open loop."""

    label: str | None
    """What a break must name to come past the loop's `else`."""


class Try(msgspec.Struct):
    """An open try."""

    error: ir.LocalId
    label: str
    is_left: bool = False
    """Something in it raises."""


class ScopeWriter(ExpressionWriter):
    """Adds lines, names and ways out."""

    lines: list[str]
    local_names: Names
    frames: list[Scope | Loop | Try]
    depth: int
    labels: int

    def emit(self, line: str) -> None:
        """Write a line."""
        self.lines.append("  " * self.depth + line)

    def open(self, line: str) -> None:
        """Write a line that ends in a brace, and indent what follows."""
        self.emit(line)
        self.depth += 1

    def close(self, line: str = "}") -> None:
        """End what was opened."""
        self.depth -= 1
        self.emit(line)

    def size(self, type_: ir.Type) -> int:
        """Give a type's size in memory."""
        return size_of(type_, self.program.structs)

    # ------------------------------------------------------------------------------------------- drops

    def drop_at(self, type_: ir.Type, address: str) -> None:
        """Destroy the value at an address, if its type is owned, and leave zero."""
        if not isinstance(type_, ir.StructType):
            return
        destroy = self.program.structs[type_.struct].drop
        if destroy is not None:
            self.emit(
                f"drop({self.program.function_name(destroy)}, {address}, {self.size(type_)});"
            )

    def drop_local(self, local: ir.LocalId) -> None:
        """Destroy what an owned local holds."""
        self.drop_at(self.function.locals[local].type, self.names[local])

    def owned(self, locals_: tuple[ir.LocalId, ...]) -> tuple[ir.LocalId, ...]:
        """Pick the locals that must be dropped."""
        structs = self.program.structs
        return tuple(x for x in locals_ if is_owned(self.function.locals[x].type, structs))

    def drop_all(self, owned: tuple[ir.LocalId, ...]) -> None:
        """Drop the locals of one scope, last declared first."""
        for local in reversed(owned):
            self.drop_local(local)

    # -------------------------------------------------------------------------------------- ways out

    def leave_loop(self, *, is_break: bool) -> None:
        """Jump out of, or to the next iteration of, the innermost loop."""
        for frame in reversed(self.frames):
            match frame:
                case Scope(owned):
                    self.drop_all(owned)
                case Loop(label):
                    target = f" {label}" if is_break and label is not None else ""
                    self.emit(f"{'break' if is_break else 'continue'}{target};")
                    return
                case Try():
                    pass
        raise AssertionError("a break or continue outside of loops")

    def leave_by_return(self) -> None:
        """Leave the function."""
        is_plain = True
        for frame in reversed(self.frames):
            if isinstance(frame, Scope) and frame.owned:
                self.drop_all(frame.owned)
                is_plain = False
        self.write_return(is_plain=is_plain)

    def leave_by_raise(self) -> None:
        """Go to the innermost handler, or leave the function raising; the error is in its place."""
        for frame in reversed(self.frames):
            match frame:
                case Scope(owned):
                    self.drop_all(owned)
                case Try():
                    frame.is_left = True
                    self.emit(f"break {frame.label};")
                    return
                case Loop():
                    pass
        result = self.function.result
        if result is not None:
            self.drop_at(self.function.locals[result].type, self.names.get(result, ""))
        self._restore_stack()
        self.emit("return RAISED;")

    def write_return(self, *, is_plain: bool) -> None:
        """Write the function's end; a result that was just assigned is returned at once."""
        result = self.function.result
        if result is None or result in self.frame.addresses:
            self._restore_stack()
            self.emit("return;")
            return
        value = self.load(
            ir.LocalPlace(result, self.function.locals[result].type), self.result_type
        )
        text = value.text
        beginning = "  " * self.depth + f"{self.names[result]} = "
        if (
            is_plain
            and self.frame.is_variable(result)
            and self.lines
            and self.lines[-1].startswith(beginning)
        ):
            text = self.lines.pop().removeprefix(beginning).removesuffix(";")
        if self.frame.size and result in self.frame.offsets:
            self.emit(f"const given = {text};")
            text = "given"
        self._restore_stack()
        self.emit(f"return {text};")

    @property
    def result_type(self) -> ir.Type:
        """The type of the function's result."""
        assert self.function.result is not None
        return self.function.locals[self.function.result].type

    def _restore_stack(self) -> None:
        if self.frame.size:
            self.emit("stack = frame;")

    def error_address(self) -> str:
        """Give the place where an error that is raised here goes."""
        for frame in reversed(self.frames):
            if isinstance(frame, Try):
                return self.names[frame.error]
        assert self.function.raises, f"{self.function.function} raises but does not say so"
        return self.error_name

    error_name: str
    """The last parameter of a function that raises."""
