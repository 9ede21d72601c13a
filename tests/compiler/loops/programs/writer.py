"""Writes lines and expressions of a random program over the variables that a block may use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random


@dataclass
class Scope:
    """The Int variables that a block may use."""

    readable: list[str]
    writable: list[str]
    lists: list[str]
    in_loop: bool = False
    """Within a loop inside the tested one."""
    in_try: bool = False
    depth: int = 0

    def inner(self, *, in_loop: bool | None = None, in_try: bool | None = None) -> "Scope":
        """Give the scope of a block within."""
        return Scope(
            list(self.readable),
            list(self.writable),
            list(self.lists),
            self.in_loop if in_loop is None else in_loop,
            self.in_try if in_try is None else in_try,
            self.depth + 1,
        )


Kind = Callable[[Scope, int], None]
"""Writes one statement at an indentation."""


@dataclass
class Writer:
    """Holds what one program consists of so far."""

    random: Random
    lines: list[str] = field(default_factory=list)
    names: int = 0
    operators: dict[str, str] = field(default_factory=dict)
    """How this program folds into each accumulator, mostly."""
    pointer: str = "Span(xs)"
    """What leads to the elements of `xs`."""
    has_link: bool = False
    """There is a struct with a pointer to itself."""
    watch: str = ""
    """A pointer to a variable that is mostly folded or follows a rule."""
    closure: str = ""
    """A closure that changes what it captures."""

    def block(self, scope: Scope, indent: int, count: int) -> None:
        """Write some statements of any kind."""
        raise NotImplementedError

    def _some(self, names: list[str]) -> list[str]:
        return [name for name in names if self.random.random() < 0.5]

    def _name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def _emit(self, indent: int, line: str) -> None:
        self.lines.append("    " * indent + line)

    def _int(self, scope: Scope, depth: int = 0) -> str:
        pick = self.random.random()
        if depth > 2 or pick < 0.3:
            return self.random.choice(scope.readable)
        if pick < 0.4:
            return str(self.random.randint(-9, 30))
        if pick < 0.6:
            return f"heavy({self._int(scope, depth + 1)})"
        if pick < 0.7:
            return f"{self.random.choice(scope.lists)}[{self._int(scope, depth + 1)} & 15]"
        op = self.random.choice(["+", "-", "*", "^", "//", "%"])
        right = str(self.random.randint(2, 9)) if op in "//%" else self._int(scope, depth + 1)
        return f"({self._int(scope, depth + 1)} {op} {right})"

    def _condition(self, scope: Scope) -> str:
        op = self.random.choice(["<", ">", "==", "<=", "!="])
        left, right = self._int(scope, 1), self._int(scope, 1)
        test = f"{left} % 7 {op} {right} % 5"
        if self.random.random() < 0.2:
            test += f" {self.random.choice(['and', 'or'])} {self._int(scope, 2)} % 3 == 1"
        return test

    def _update(self, scope: Scope, indent: int) -> None:
        if scope.writable:
            name = self.random.choice(scope.writable)
            self._emit(indent, f"{name} = {self._int(scope)}")
