"""Conditions, inner loops, and all ways to leave an iteration or the loop."""

from tests.compiler.loops.programs.writer import Scope, Writer


class Control(Writer):
    """Writes such statements."""

    def _if(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f"if {self._condition(scope)}:")
        self.block(scope.inner(), indent + 1, self.random.randint(1, 3))
        self._emit(indent + 1, "pass")
        if self.random.random() < 0.4:
            self._emit(indent, "else:")
            self.block(scope.inner(), indent + 1, self.random.randint(1, 2))
            self._emit(indent + 1, "pass")

    def _for(self, scope: Scope, indent: int) -> None:
        index = self._name("j")
        self._emit(indent, f"for {index} in range({self._int(scope)} & 7):")
        inner = scope.inner(in_loop=True)
        inner.readable.append(index)
        self.block(inner, indent + 1, self.random.randint(1, 4))
        self._emit(indent + 1, "pass")
        if self.random.random() < 0.15:
            self._emit(indent, "else:")
            self.block(scope.inner(), indent + 1, 1)
            self._emit(indent + 1, "pass")

    def _while(self, scope: Scope, indent: int) -> None:
        counter = self._name("w")
        self._emit(indent, f"var {counter} = 0")
        self._emit(indent, f"while {counter} < ({self._int(scope)} & 7):")
        self._emit(indent + 1, f"{counter} += 1")
        self._emit(indent + 1, f"if {counter} > 9:")
        self._emit(indent + 2, "break")
        inner = scope.inner(in_loop=True)
        inner.readable.append(counter)
        self.block(inner, indent + 1, self.random.randint(1, 3))
        scope.readable.append(counter)

    def _leave(self, scope: Scope, indent: int) -> None:
        word = "continue"
        if self.random.random() < (0.5 if scope.in_loop else 0.3):
            word = "break"
        elif self.random.random() < 0.1:
            word = "return"
        test = self._condition(scope)
        if word != "continue" and self.random.random() < 0.5:
            test = f"{self._int(scope)} % {self.random.randint(5, 60)} == 3"
        self._emit(indent, f"if {test}:")
        self._emit(indent + 1, word)

    def _stop(self, scope: Scope, indent: int) -> None:
        """Leave the tested loop where only home knows."""
        self._emit(indent, f"b = (b * 3 + {self._int(scope)}) % 1000")
        self._emit(indent, f"if b % {self.random.choice(['7', '13', '29', '83'])} == 7:")
        self._emit(indent + 1, self.random.choice(["break", "return", 'raise Error("stop")']))

    def _find(self, scope: Scope, indent: int) -> None:
        """A search whose exit may depend on anything."""
        name, index = self._name("t"), self._name("j")
        self._emit(indent, f"var {name} = 0")
        self._emit(indent, f"for {index} in range(6):")
        inner = scope.inner(in_loop=True)
        inner.readable.append(index)
        leave = f"if {self.random.choice('abc')} % 5 == {index}:"
        change = f"{name} = {self._int(inner)}"
        lines = [leave, "    " + self.random.choice(["break", "continue"]), change]
        if self.random.random() < 0.3:
            lines = [change, *lines[:2]]
        for line in lines:
            self._emit(indent + 1, line)
        scope.readable.append(name)
        self._emit(indent, f"f = f * 0.5 + Float64({name} % 1000)")

    def _try(self, scope: Scope, indent: int) -> None:
        name = self._name("t")
        self._emit(indent, f"var {name} = 0")
        self._emit(indent, "try:")
        self._emit(indent + 1, f"{name} = picky({self._int(scope)})")
        if self.random.random() < 0.4:
            self.block(scope.inner(in_try=True), indent + 1, 1)
        self._emit(indent, "except:")
        self._emit(indent + 1, f"{name} = {self._int(scope)}")
        scope.readable.append(name)

    def _raise(self, scope: Scope, indent: int) -> None:
        if self.random.random() < 0.5:
            self._emit(indent, f"if {self._int(scope)} % 53 == 17:")
        else:
            self._emit(indent, f"b = (b * 3 + {self._int(scope)}) % 1000")
            self._emit(indent, "if b % 29 == 17:")
        self._emit(indent + 1, 'raise Error("stop")')
