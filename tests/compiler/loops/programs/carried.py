"""What goes on from the iteration before: variables that follow a rule, random numbers, fields."""

from tests.compiler.loops.programs.writer import Scope, Writer


class Carried(Writer):
    """Writes such statements."""

    def _step(self, scope: Scope, indent: int) -> None:
        """A variable with a closed form, if nothing else happens to it."""
        if self.random.random() < 0.3:
            name = self._name("t")
            method = self.random.choice(["next", "next", "even"])
            self._emit(indent, f"var {name} = source.{method}()")
            scope.readable.append(name)
            return
        steps = {
            "k": ["k += 3", "k = k * 5 - 7", "k = 11 - k", "k = (k << 2) + k", "k = k * b + 1"],
            "s": ["s = (s * 171 + 11) % 30269", "s = s * 16807 % 30269", "s = (s * 5 - 3) % 30269"],
        }
        if self.random.random() < 0.05:
            self._emit(indent, f"k = {self._int(scope)}")
        name = self.random.choice("ks")
        step = self.random.choice(steps[name])
        if self.random.random() < 0.2:
            column = self._name("j")
            self._emit(indent, f"for {column} in range({self.random.choice(['3', '2', 'b & 3'])}):")
            self._emit(indent + 1, step)
        elif self.random.random() < 0.15:
            self._emit(indent, f"if {self._condition(scope)}:")
            self._emit(indent + 1, step)
        else:
            self._emit(indent, step)
        scope.readable.append(name)

    def _draw(self, scope: Scope, indent: int) -> None:
        """A random number; one in three of the last kind takes more than one draw."""
        name = self._name("t")
        value = self.random.choice(
            [
                "Int(random_float64() * 100.0)",
                "Int(random_ui64(0, 1000))",
                "Int(random_ui64(0, 12297829382473034410) >> 50)",
            ]
        )
        self._emit(indent, f"var {name} = {value}")
        scope.readable.append(name)

    def _struct(self, scope: Scope, indent: int) -> None:
        first, second = self.random.sample(["p.x", "p.y"], 2)
        self._emit(indent, f"{first} = {first} + {self._int(scope)}")
        if self.random.random() < 0.4:
            scope.readable.append(second)

    def _capture(self) -> None:
        """Define a closure that changes what it captures."""
        self.closure = self._name("close")
        name, change = self.random.choice(
            [
                ("u", "u += heavy(x)"),
                ("v", "v = (v * 7 + heavy(x + v)) % 1000"),
                ("k", "k = k * 5 - 7"),
                ("own", "own[24 + (x & 15)] = heavy(own[24 + (x & 15)] + x)"),
                ("xs", "xs[x & 15] = heavy(x)"),
                ("ys", "ys.append(heavy(x))"),
            ]
        )
        self._emit(1, f"def {self.closure}(x: Int) {{mut {name}}}:")
        self._emit(2, change)

    def _call(self, scope: Scope, indent: int) -> None:
        value = scope.readable[0] if self.random.random() < 0.5 else self._int(scope)
        self._emit(indent, f"{self.closure}({value})")

    def _grid(self, scope: Scope, indent: int) -> None:
        """A struct of which the loop reads one field and writes another."""
        name = self._name("t")
        cell = f"grid.cells[{self._int(scope)} & 15]"
        self._emit(indent, f"var {name} = heavy({cell} * grid.scale + {self._int(scope)})")
        scope.readable.append(name)
        match self.random.randint(0, 7):
            case 0:
                self._emit(indent, f"{cell} = {name}")
            case 1:
                self._emit(indent, f"grid.scale = {name} % 9")
            case _:
                self._emit(indent, f"grid.hits {self.random.choice(['+=', '+=', '^='])} {name}")
