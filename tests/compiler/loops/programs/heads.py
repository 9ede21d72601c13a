"""The heads of the loops that are tested: ranges, counting `while` loops, elements of a list."""

from tests.compiler.loops.programs.writer import Scope, Writer


class Heads(Writer):
    """Writes a loop's first line and what gives it its index."""

    def _head(self, index: str, depth: int, scope: Scope) -> None:
        """Write the loop's head."""
        pick = self.random.random()
        if pick < 0.65:
            self._emit(depth, f"for {index} in {self._range()}:")
        elif pick < 0.8:
            self._elements(index, depth, scope)
        else:
            self._counting(index, depth)

    def _range(self) -> str:
        pick = self.random.random()
        if pick < 0.1:
            return "range(0)"
        if pick < 0.6:
            return f"range({self.random.randint(1, 14)})"
        if pick < 0.8:
            return f"range({self.random.randint(-5, 5)}, {self.random.randint(5, 20)}, 3)"
        return f"range({self.random.randint(8, 18)}, {self.random.randint(-5, 5)}, -2)"

    def _elements(self, index: str, depth: int, scope: Scope) -> None:
        """Go through a list, which the body may write."""
        list_ = self.random.choice(["table", "table", "xs", "grid.cells"])
        element = self._name("x")
        match self.random.randint(0, 3):
            case 0:
                self._emit(depth, f"for {element} in {list_}:")
                self._emit(depth + 1, f"var {index} = {element} & 15")
            case 1 if list_ != "table":
                self._emit(depth, f"for ref {element} in {list_}:")
                self._emit(depth + 1, f"var {index} = {element} & 15")
                self._emit(depth + 1, f"{element} = heavy({element} + {index})")
            case _:
                self._emit(depth, f"for {index}, {element} in enumerate({list_}):")
        scope.readable.append(element)

    def _counting(self, index: str, depth: int) -> None:
        counter = self._name("w")
        start = self.random.choice(["0", "3", "9223372036854775797"])
        self._emit(depth, f"var {counter} = {start}")
        op, step = self.random.choice([("<", 1), ("<", 3), ("<=", 2)])
        limit = self.random.choice(
            [f"{counter} + {self.random.randint(0, 12)}", "14", "len(ys) + 9"]
        )
        self._emit(depth, f"var stop{counter} = {limit}")
        self._emit(depth, f"while {counter} {op} stop{counter}:")
        self._emit(depth + 1, f"var {index} = {counter} & 15")
        if self.random.random() < 0.1:
            self._emit(depth + 1, f"if heavy({counter}) % 3 == 1:")
            self._emit(depth + 2, f"{counter} += 1")
        self._emit(depth + 1, f"{counter} += {step}")
        self._emit(depth + 1, f"if {counter} < 0:")
        self._emit(depth + 2, 'raise Error("wrapped")')
