"""Accumulators: sums and the like, selections, extremes, Bools with short cuts."""

from tests.compiler.loops.programs.writer import Scope, Writer


class Folds(Writer):
    """Writes such statements."""

    def _fold(self, scope: Scope, indent: int) -> None:
        """Mostly into a variable that nothing else mentions, and always in the same way."""
        name = self.random.choice("abcuuvv")
        op = self.random.choice(["+=", "+=", "-=", "*=", "^=", "|=", "&="])
        if self.random.random() < 0.85:
            op = self.operators.setdefault(name, op)
        self._emit(indent, f"{name} {op} {self._int(scope)}")

    def _select(self, scope: Scope, indent: int) -> None:
        name = self._name("e")
        self._emit(indent, f"var {name} = {self._int(scope)}")
        op = self.random.choice([">", "<", ">=", "<="])
        test = f"{name} {op} best" if self.random.random() < 0.8 else f"best {op} {name}"
        self._emit(indent, f"if {test}:")
        self._emit(indent + 1, f"best = {name}")
        if self.random.random() < 0.7:
            self._emit(indent + 1, f"where = {self._int(scope)}")

    def _extreme(self, scope: Scope, indent: int) -> None:
        name, call = self.random.choice([("low", "min"), ("top", "max"), ("top", "max")])
        if self.random.random() < 0.1:
            call = "min"
        pair = [name, self._int(scope)]
        self.random.shuffle(pair)
        self._emit(indent, f"{name} = {call}({pair[0]}, {pair[1]})")

    def _method(self, scope: Scope, indent: int) -> None:
        """Folds of fields, in a method or in the loop itself."""
        if self.random.random() < 0.6:
            self._emit(indent, f"stats.add({self._int(scope)})")
        else:
            self._emit(indent, f"stats.total {self.random.choice(['+=', '-='])} {self._int(scope)}")

    def _peek(self, _scope: Scope, indent: int) -> None:
        """Use what an accumulator holds on the way."""
        if self.watch and self.random.random() < 0.5:
            self._emit(indent, f"f = f * 0.5 + Float64({self.watch}[] % 1000)")
            return
        value = (
            f"{self.random.choice(['u', 'v', 'a', 'stats.top', 'stats.total', 'grid.hits'])} % 1000"
        )
        match self.random.randint(0, 2):
            case 0:
                self._emit(indent, f"ys.append({value})")
            case 1:
                self._emit(indent, f'print("peek", {value})')
            case _:
                self._emit(indent, f"f = f * 0.5 + Float64({value})")

    def _logic(self, scope: Scope, indent: int) -> None:
        """A fold of Bool, with or without a short cut."""
        name, word, op = self.random.choice(
            [("ok", "and", "&="), ("some", "or", "|="), ("some", "and", "^=")]
        )
        test = self._condition(scope)
        match self.random.randint(0, 5):
            case 0:
                self._emit(indent, f"{name} {op} ({test})")
            case 1:
                self._emit(indent, f"{name} = ({test}) {word} {name}")
            case 2 | 3:
                flag, other = self._name("q"), self._name("t")
                self._emit(indent, f"var {other} = 0")
                self._emit(indent, f"var {flag} = {name}")
                self._emit(indent, f"if {flag}:")
                inner = scope.inner()
                inner.writable = [other]
                if self.random.random() < 0.5:
                    self._update(inner, indent + 1)
                else:
                    self.block(inner, indent + 1, 1)
                scope.readable.append(other)
                self._emit(indent + 1, f"{flag} = {test}")
                self._emit(indent, f"{name} = {flag}")
                if self.random.random() < 0.5:
                    self._emit(indent, f"f = f * 0.5 + Float64({other} % 1000)")
            case _:
                self._emit(indent, f"{name} = {name} {word} ({test})")
