"""Plain variables: declared, assigned, overwritten, changed by calls, printed."""

from tests.compiler.loops.programs.writer import Scope, Writer


class Values(Writer):
    """Writes such statements."""

    def _declare(self, scope: Scope, indent: int) -> None:
        name = self._name("t")
        self._emit(indent, f"var {name} = {self._int(scope)}")
        scope.readable.append(name)
        scope.writable.append(name)

    def _overwrite(self, scope: Scope, indent: int) -> None:
        """A variable from outside that may be overwritten before it is read."""
        if self.random.random() < 0.3:
            self._emit(indent, self._whole(scope))
            return
        name = self.random.choice(["c", "where"])
        self._emit(indent, f"{name} = {self._int(scope)}")
        scope.readable.append(name)

    def _whole(self, scope: Scope) -> str:
        """Overwrite a variable that is no Int, or one field of a struct."""
        value = self._int(scope)
        choices = [
            f"text = String({value} % 100)",
            f"p = Point({value}, {self._int(scope)})",
            f"p.y = {value}",
            f"ys = [{value} % 100, {self._int(scope)} % 100]",
            f"tiles = Array[Int, 16](fill={value})",
        ]
        return self.random.choice(choices)

    def _mutate(self, scope: Scope, indent: int) -> None:
        if scope.writable:
            name = self.random.choice(scope.writable)
            self._emit(indent, f"bump({name}, {self._int(scope)} * 1)")

    def _shout(self, scope: Scope, indent: int) -> None:
        name = self._name("t")
        self._emit(indent, f"var {name} = shout({self._int(scope)})")
        scope.readable.append(name)

    def _print(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f'print("p", {self._int(scope)})')

    def _float(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f"f = f * 0.5 + Float64({self._int(scope)} % 1000) * 0.25")

    def _string(self, scope: Scope, indent: int) -> None:
        name = self._name("s")
        self._emit(indent, f"var {name} = String({self._int(scope)} % 100)")
        self._emit(indent, f"if len(ys) < 3 or {self._condition(scope)}:")
        self._emit(indent + 1, f"text = {name} + String(text.byte_length())")
