"""Elements of lists and arrays, written by index or through what leads to them."""

from tests.compiler.loops.programs.writer import Scope, Writer


class Elements(Writer):
    """Writes such statements."""

    def _stretch(self, scope: Scope, indent: int) -> None:
        """Floats written to elements side by side."""
        index, value = scope.readable[0], f"third({self._int(scope)})"
        if self.random.random() < 0.4:
            offset = self.random.choice(["24 + ", "24 + ", "24 - ", "", "76 + "])
            self._emit(indent, f"zs[{offset}{index}] = {value}")
            return
        column = self._name("j")
        place = self.random.choice([f"24 + {index} * 3 + {column}", f"{column}", f"{column} + 83"])
        start = self.random.choice(["", "1, ", "2, "])
        self._emit(indent, f"for {column} in range({start}{self._int(scope)} & 7):")
        inner = scope.inner(in_loop=True)
        inner.readable.append(column)
        self._emit(indent + 1, f"zs[{place}] = third({self._int(inner)})")
        if self.random.random() < 0.2:
            self._emit(indent + 1, f"f += zs[{self._int(inner)} & 63]")

    def _write(self, scope: Scope, indent: int) -> None:
        mask = 15 if self.random.random() < 0.95 else 31
        self._emit(indent, f"xs[{self._int(scope)} & {mask}] = {self._int(scope)}")

    def _own_element(self, scope: Scope, indent: int) -> None:
        """An update of an element that may belong to this iteration alone."""
        index = scope.readable[0]
        factor = self.random.choice(["", "", " * 2", " * a", " * 0", " * 3 + 1"])
        if self.random.random() < 0.3:
            column = self._name("j")
            self._emit(indent, f"for {column} in range({self.random.choice(['2', '3', 'b & 3'])}):")
            indent += 1
            factor = self.random.choice([" * 2", " * 3", " * 4", " * c"]) + f" + {column}"
        elif self.random.random() < 0.3:
            factor += self.random.choice([" + 1", " - 1"])
        place = f"own[{index}{factor} & 63]" if factor == " * a" else f"own[24 + {index}{factor}]"
        self._emit(indent, f"{place} = heavy({place} + {self._int(scope)})")

    def _tile(self, scope: Scope, indent: int) -> None:
        """Elements of an Array."""
        op = self.random.choice(["=", "=", "+=", "^="])
        self._emit(indent, f"tiles[{self._int(scope)} & 15] {op} {self._int(scope)}")

    def _through(self, scope: Scope, indent: int) -> None:
        """Elements of a list, written through what leads to them."""
        name = self._name("t")
        self._emit(indent, f"{self.pointer}[{self._int(scope)} & 15] = {self._int(scope)}")
        self._emit(indent, f"var {name} = heavy(xs[{self._int(scope)} & 15])")
        self._emit(indent, f"f = f * 0.5 + Float64({name} % 1000)")
        scope.readable.append(name)

    def _link(self, scope: Scope, indent: int) -> None:
        """A field, written through the pointer that its struct has."""
        name = self._name("t")
        self._emit(indent, f"linked.to[] = {self._int(scope)}")
        self._emit(indent, f"var {name} = heavy(linked.value)")
        scope.readable.append(name)

    def _append(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f"ys.append({self._int(scope)} % 1000)")

    def _local_list(self, scope: Scope, indent: int) -> None:
        name = self._name("l")
        self._emit(indent, f"var {name} = fill({self._int(scope)})")
        if self.random.random() < 0.5:
            self._emit(indent, f"{name}.append({self._int(scope)})")
        total = self._name("t")
        self._emit(indent, f"var {total} = total_of({name})")
        scope.readable.append(total)
