"""Random loop programs: run plainly and over random chunk grids, they must do the same.

`python -m tests.compiler.loops.generator --count 1000 --seed 1` runs many and prints the first that differs.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import click
from msgspec.structs import replace
from tests.compiler.loops.harness import EAGER, Compiled, compiled, random_fuel, run_both
from tests.compiler.loops.programs.carried import Carried
from tests.compiler.loops.programs.control import Control
from tests.compiler.loops.programs.elements import Elements
from tests.compiler.loops.programs.folds import Folds
from tests.compiler.loops.programs.heads import Heads
from tests.compiler.loops.programs.text import CALL, END, HEAD, MAIN, START, WORK
from tests.compiler.loops.programs.values import Values
from tests.compiler.loops.programs.writer import Kind, Scope

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.rules import Rules

MEETINGS = (
    ("_fold", "_stop"),
    ("_select", "_stop"),
    ("_method", "_stop"),
    ("_step", "_stop"),
    ("_step", "_leave"),
    ("_step", "_step"),
    ("_step", "_float"),
    ("_logic", "_append"),
    ("_logic", "_float"),
    ("_fold", "_fold"),
    ("_fold", "_peek"),
    ("_method", "_peek"),
    ("_step", "_peek"),
    ("_own_element", "_own_element"),
    ("_stretch", "_write", "_own_element"),
    ("_through", "_write"),
    ("_draw", "_leave"),
    ("_draw", "_print"),
    ("_draw", "_append"),
    ("_find", "_float"),
    ("_overwrite", "_leave"),
    ("_overwrite", "_stop"),
)
"""Statements of which a rule says what holds if they meet in one loop."""

_IN_WORK = 0.7
"""Loops in a function that gives back all variables, also if it raises."""


@dataclass
class Generator(Heads, Values, Folds, Carried, Elements, Control):
    """Writes one program."""

    likings: dict[str, float] = field(default_factory=dict)

    def program(self) -> str:
        """Write the program: set-up, one or two loops, everything printed."""
        if self.random.random() < 0.5:
            self._emit(1, f"s = {self.random.choice(['40000', '-3', '-99', '-7', '1 << 62'])}")
        if self.random.random() < 0.2:
            self._capture()
        if self.random.random() < 0.2:
            self.watch = self._name("watch")
            seen = self.random.choice(["u", "v", "k", "s", "best", "stats.total"])
            self._emit(1, f"var {self.watch} = UnsafePointer(to={seen})")
        self.has_link = self.random.random() < 0.1
        if self.has_link:
            self._emit(1, "var linked = Linked()")
        for _ in range(self.random.choice((1, 1, 2))):
            self._loop()
        loops = "\n".join(self.lines) + "\n"
        if self.random.random() < _IN_WORK:
            return HEAD + WORK + loops + "\n\n" + MAIN + START + CALL + END
        return HEAD + MAIN + START + loops + END

    def _loop(self) -> None:
        """Write one loop to be tested."""
        index = self._name("i")
        depth = 2 if self.random.random() < 0.2 else 1
        if self.random.random() < 0.3:
            self.pointer = self._name("pt")
            self._emit(1, f"var {self.pointer} = xs.unsafe_ptr()")
        if depth > 1:
            self._emit(1, "try:")
        outer = ["a", "b", "c", "best", "where", "low", "top"]
        used = self.random.sample(outer, self.random.choice((0, 0, 1, 2, 3, 4)))
        scope = Scope([index, *used], list(used), ["table", *self._some(["xs", "tiles"])])
        self._head(index, depth, scope)
        if self.random.random() < 0.6:
            self._meeting(scope, depth + 1)
        else:
            self.block(scope, depth + 1, self.random.randint(2, 6))
        if depth > 1:
            self._raise(scope, depth + 1)
        self._emit(depth + 1, "pass")
        if self.random.random() < 0.1:
            self._emit(depth, "else:")
            self._emit(depth + 1, f'print("else", {self.random.choice("abcuv")})')
        if depth > 1:
            self._emit(1, "except err:")
            self._emit(2, 'print("caught", err)')

    def _meeting(self, scope: Scope, indent: int) -> None:
        """Write statements that should meet, in any order, with a few others."""
        kinds = [kind for kind, _ in self._kinds(scope)]
        named = {kind.__name__: kind for kind in kinds}
        wanted = [named[name] for name in self.random.choice(MEETINGS)]
        wanted += self._chosen(scope, self.random.choice((0, 1, 1, 2, 3)))
        self.random.shuffle(wanted)
        for kind in wanted:
            kind(scope, indent)

    def block(self, scope: Scope, indent: int, count: int) -> None:
        """Write some statements, of the kinds that this program likes."""
        for _ in range(count):
            (kind,) = self._chosen(scope, 1)
            kind(scope, indent)

    def _chosen(self, scope: Scope, count: int) -> list[Kind]:
        kinds = self._kinds(scope)
        weights = [weight * self._liking(kind.__name__) for kind, weight in kinds]
        return self.random.choices([kind for kind, _ in kinds], weights, k=count)

    def _kinds(self, scope: Scope) -> list[tuple[Kind, int]]:
        """Give all kinds of statements with how often each is written where it may stand."""
        return [
            (self._declare, 6),
            (self._update, 5),
            (self._fold, 4),
            (self._select, 2),
            (self._step, 3),
            (self._stop, 0 if scope.in_loop or scope.in_try else 1),
            (self._draw, 2),
            (self._extreme, 2),
            (self._logic, 2),
            (self._peek, 1),
            (self._method, 1),
            (self._grid, 1),
            (self._stretch, 2),
            (self._if, 4 if scope.depth < 3 else 0),
            (self._for, 2 if scope.depth < 2 else 0),
            (self._while, 2 if scope.depth < 2 else 0),
            (self._leave, 2 if scope.depth > 0 else 0),
            (self._find, 2 if scope.depth < 2 else 0),
            (self._shout, 1),
            (self._write, 2),
            (self._own_element, 2),
            (self._tile, 1),
            (self._through, 1),
            (self._link, 2 if self.has_link else 0),
            (self._call, 3 if self.closure else 0),
            (self._append, 1),
            (self._print, 1),
            (self._mutate, 1),
            (self._struct, 1),
            (self._float, 1),
            (self._string, 1),
            (self._local_list, 1),
            (self._try, 1 if scope.depth < 2 and not scope.in_try else 0),
            (self._raise, 1 if scope.depth > 0 and self.random.random() < 0.2 else 0),
            (self._overwrite, 1),
        ]

    def _liking(self, kind: str) -> float:
        """How much this program likes a kind of statement: few kinds, often, show more than all of them, rarely."""
        if kind not in self.likings:
            self.likings[kind] = self.random.choice((0.01, 0.2, 1.0, 4.0))
        return self.likings[kind]


def program(seed: int) -> str:
    """Write the program of a seed."""
    return Generator(Random(seed)).program()


@dataclass(frozen=True)
class Result:
    """What running one program showed."""

    is_same: bool
    split: int
    """Loops that were distributed."""
    detail: str = ""


def try_program(seed: int, rules: Rules | None = None) -> Result:
    """Run the program of a seed plainly and over random grids, some of whose chunks are stopped early."""
    options = EAGER if rules is None else replace(EAGER, rules=rules)
    built: Compiled = compiled(program(seed), options)
    split = sum(loop.verdict is Verdict.DISTRIBUTED for loop in built.loops)
    for grid in range(4 if split else 1):
        random = Random(seed * 10 + grid)
        plain, meshed, _ = run_both(built, random, random_fuel(random) if grid > 1 else None)
        if plain != meshed:
            return Result(is_same=False, split=split, detail=f"plain {plain}\nmesh  {meshed}")
    return Result(is_same=True, split=split)


@click.command()
@click.option("--count", default=100)
@click.option("--seed", default=1)
def main(count: int, seed: int) -> None:
    """Run programs until one differs."""
    tally: Counter[str] = Counter()
    for number in range(seed, seed + count):
        try:
            result = try_program(number)
        except CompileError as err:
            print(program(number))  # noqa: T201 - a command line tool
            sys.exit(f"seed {number}: {err}")
        tally["programs"] += 1
        tally["loops split"] += result.split
        tally["programs with a split loop"] += result.split > 0
        if not result.is_same:
            print(program(number))  # noqa: T201
            sys.exit(f"seed {number} differs:\n{result.detail}")
    print(dict(tally))  # noqa: T201


if __name__ == "__main__":
    main()
