"""Random loop programs: run plainly and over random chunk grids, they must do the same.

`python -m tests.compiler.loops.generator --count 1000 --seed 1` runs many and prints the first that differs.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace
from tests.compiler.loops.harness import EAGER, Compiled, compiled, random_fuel, run_both

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.loops.report import Verdict
from meshnode.compiler.loops.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """\
from std.random import random_float64, random_ui64


@fieldwise_init
struct Point(Copyable, Movable):
    var x: Int
    var y: Int


def heavy(n: Int) -> Int:
    var total = n
    for k in range((n & 3) + 1):
        total = (total * 31 + k) % 65537
    return total


def third(n: Int) -> Float64:
    return Float64(heavy(n)) / 3.0


def bump(mut x: Int, by: Int):
    x += by


def picky(n: Int) raises -> Int:
    if n % 11 == 7:
        raise Error("picky")
    return n * 3


def shout(n: Int) -> Int:
    print("shout", n)
    return heavy(n)


def fill(n: Int) -> List[Int]:
    var out = List[Int]()
    for k in range(n & 3):
        out.append(heavy(k + n))
    return out^


struct Source(Copyable, Movable):
    var state: UInt64
    var drawn: Int

    def __init__(out self):
        self.state = 9
        self.drawn = 0

    def next(mut self) -> Int:
        self.state = self.state * 6364136223846793005 + 1442695040888963407
        self.drawn += 1
        return Int(self.state >> 50)

    def even(mut self) -> Int:
        if self.next() % 2 == 0:
            return 0
        return self.next()


def digest(xs: List[Int]) -> Int:
    var value = len(xs)
    for k in range(len(xs)):
        value = value * 31 + xs[k]
    return value


def float_digest(xs: List[Float64]) -> Float64:
    var value = 0.0
    for k in range(len(xs)):
        value = value * 0.875 + xs[k]
    return value


def total_of(xs: List[Int]) -> Int:
    var total = 0
    for k in range(len(xs)):
        total += xs[k]
    return total


def show(
    a: Int,
    b: Int,
    c: Int,
    best: Int,
    where: Int,
    low: Int,
    top: Int,
    ok: Bool,
    some: Bool,
    k: Int,
    s: Int,
    source: Source,
    f: Float64,
    text: String,
    p: Point,
    xs: List[Int],
    own: List[Int],
    zs: List[Float64],
    ys: List[Int],
    table: List[Int],
    tiles: Array[Int, 16],
):
    print(a, b, c, best, where, f.to_bits[DType.uint64](), text, p.x, p.y)
    print(random_ui64(0, 1000))
    print(low, top, ok, some, k, s, source.state, source.drawn)
    print(digest(xs), digest(ys), digest(own), len(table), float_digest(zs).to_bits[DType.uint64]())
    var value = 0
    for k in range(16):
        value = value * 31 + tiles[k]
    print(value)


def squares(count: Int) -> List[Int]:
    var table = List[Int](length=count, fill=1)
    for k in range(count):
        table[k] = k * k - 20
    return table^


"""

MAIN = "def main() raises:\n"

START = """\
    var a = 1
    var b = 2
    var c = 3
    var best = 0
    var where = -1
    var low = 500
    var top = 20
    var ok = True
    var some = False
    var k = 9
    var s = 42
    var source = Source()
    var f = 0.5
    var text = String("t")
    var p = Point(1, 2)
    var xs = List[Int](length=16, fill=5)
    var own = List[Int](length=84, fill=3)
    var zs = List[Float64](length=88, fill=0.25)
    var ys = List[Int]()
    var table = squares(16)
    var tiles = Array[Int, 16](fill=2)
"""

WORK = """\
def work(
    mut a: Int,
    mut b: Int,
    mut c: Int,
    mut best: Int,
    mut where: Int,
    mut low: Int,
    mut top: Int,
    mut ok: Bool,
    mut some: Bool,
    mut k: Int,
    mut s: Int,
    mut source: Source,
    mut f: Float64,
    mut text: String,
    mut p: Point,
    mut xs: List[Int],
    mut own: List[Int],
    mut zs: List[Float64],
    mut ys: List[Int],
    table: List[Int],
    mut tiles: Array[Int, 16],
) raises:
"""

ALL = "a, b, c, best, where, low, top, ok, some, k, s, source, f, text, p, xs, own, zs, ys, table, tiles"

CALL = f"""\
    try:
        work({ALL})
    except err:
        print("work raised", err)
"""

END = f"""\
    show({ALL})
"""


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
        return Scope(
            list(self.readable),
            list(self.writable),
            list(self.lists),
            self.in_loop if in_loop is None else in_loop,
            self.in_try if in_try is None else in_try,
            self.depth + 1,
        )


@dataclass
class Generator:
    """Writes one program."""

    random: Random
    lines: list[str] = field(default_factory=list)
    names: int = 0
    likings: dict[str, float] = field(default_factory=dict)
    pointer: str = "Span(xs)"
    """What leads to the elements of `xs`."""

    def program(self) -> str:
        """Write the program: set-up, one or two loops, everything printed."""
        if self.random.random() < 0.35:
            self._emit(1, f"s = {self.random.choice(['40000', '-3', '30269', '77777'])}")
        for _ in range(self.random.choice((1, 1, 2))):
            index = self._name("i")
            depth = 2 if self.random.random() < 0.2 else 1
            if self.random.random() < 0.3:
                self.pointer = self._name("pt")
                self._emit(1, f"var {self.pointer} = xs.unsafe_ptr()")
            if depth > 1:
                self._emit(1, "try:")
            self._head(index, depth)
            outer = ["a", "b", "c", "best", "where", "low", "top"]
            used = self.random.sample(outer, self.random.choice((0, 0, 1, 2, 3, 4)))
            scope = Scope([index, *used], list(used), ["table", *self._some(["xs", "tiles"])])
            self._block(scope, depth + 1, self.random.randint(2, 6))
            if depth > 1:
                self._raise(scope, depth + 1)
            self._emit(depth + 1, "pass")
            if depth > 1:
                self._emit(1, "except err:")
                self._emit(2, 'print("caught", err)')
        loops = "\n".join(self.lines) + "\n"
        if self.random.random() < 0.5:
            return HEAD + WORK + loops + "\n\n" + MAIN + START + CALL + END
        return HEAD + MAIN + START + loops + END

    def _head(self, index: str, depth: int) -> None:
        """Write the loop's head: a range, or a `while` that counts."""
        if self.random.random() < 0.75:
            self._emit(depth, f"for {index} in {self._range()}:")
            return
        counter = self._name("w")
        self._emit(
            depth, f"var {counter} = {self.random.choice(['0', '3', '9223372036854775797'])}"
        )
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

    def _range(self) -> str:
        pick = self.random.random()
        if pick < 0.1:
            return "range(0)"
        if pick < 0.6:
            return f"range({self.random.randint(1, 14)})"
        if pick < 0.8:
            return f"range({self.random.randint(-5, 5)}, {self.random.randint(5, 20)}, 3)"
        return f"range({self.random.randint(8, 18)}, {self.random.randint(-5, 5)}, -2)"

    def _some(self, names: list[str]) -> list[str]:
        return [name for name in names if self.random.random() < 0.5]

    def _name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def _emit(self, indent: int, line: str) -> None:
        self.lines.append("    " * indent + line)

    def _block(self, scope: Scope, indent: int, count: int) -> None:
        kinds: list[tuple[Callable[[Scope, int], None], int]] = [
            (self._declare, 6),
            (self._update, 5),
            (self._fold, 4),
            (self._select, 2),
            (self._step, 3),
            (self._stop, 0 if scope.in_loop or scope.in_try else 1),
            (self._draw, 2),
            (self._extreme, 2),
            (self._logic, 2),
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
        weights = [weight * self._liking(make.__name__) for make, weight in kinds]
        for _ in range(count):
            (make,) = self.random.choices([make for make, _ in kinds], weights)
            make(scope, indent)

    def _liking(self, kind: str) -> float:
        """How much this program likes a kind of statement: few kinds, often, show more than all of them, rarely."""
        if kind not in self.likings:
            self.likings[kind] = self.random.choice((0.01, 0.2, 1.0, 4.0))
        return self.likings[kind]

    # ------------------------------------------------------------------------------------------ statements

    def _declare(self, scope: Scope, indent: int) -> None:
        name = self._name("t")
        self._emit(indent, f"var {name} = {self._int(scope)}")
        scope.readable.append(name)
        scope.writable.append(name)

    def _update(self, scope: Scope, indent: int) -> None:
        if scope.writable:
            name = self.random.choice(scope.writable)
            self._emit(indent, f"{name} = {self._int(scope)}")

    def _overwrite(self, scope: Scope, indent: int) -> None:
        """A variable from outside that may be overwritten before it is read."""
        name = self.random.choice(["c", "where"])
        self._emit(indent, f"{name} = {self._int(scope)}")
        scope.readable.append(name)

    def _fold(self, scope: Scope, indent: int) -> None:
        op = self.random.choice(["+=", "+=", "-=", "*=", "^=", "|=", "&="])
        self._emit(indent, f"{self.random.choice('abc')} {op} {self._int(scope)}")

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
            case 2:
                flag, other = self._name("q"), self._name("t")
                self._emit(indent, f"var {other} = 0")
                self._emit(indent, f"var {flag} = {name}")
                self._emit(indent, f"if {flag}:")
                inner = scope.inner()
                inner.writable = [other]
                if self.random.random() < 0.5:
                    self._update(inner, indent + 1)
                else:
                    self._block(inner, indent + 1, 1)
                scope.readable.append(other)
                self._emit(indent + 1, f"{flag} = {test}")
                self._emit(indent, f"{name} = {flag}")
            case _:
                self._emit(indent, f"{name} = {name} {word} ({test})")

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

    def _if(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f"if {self._condition(scope)}:")
        self._block(scope.inner(), indent + 1, self.random.randint(1, 3))
        self._emit(indent + 1, "pass")
        if self.random.random() < 0.4:
            self._emit(indent, "else:")
            self._block(scope.inner(), indent + 1, self.random.randint(1, 2))
            self._emit(indent + 1, "pass")

    def _for(self, scope: Scope, indent: int) -> None:
        index = self._name("j")
        self._emit(indent, f"for {index} in range({self._int(scope)} & 7):")
        inner = scope.inner(in_loop=True)
        inner.readable.append(index)
        self._block(inner, indent + 1, self.random.randint(1, 4))
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
        self._block(inner, indent + 1, self.random.randint(1, 3))
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
        self._emit(indent, f"if b % {self.random.choice(['19', '41', '83'])} == 7:")
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

    def _shout(self, scope: Scope, indent: int) -> None:
        name = self._name("t")
        self._emit(indent, f"var {name} = shout({self._int(scope)})")
        scope.readable.append(name)

    def _write(self, scope: Scope, indent: int) -> None:
        mask = 15 if self.random.random() < 0.95 else 31
        self._emit(indent, f"xs[{self._int(scope)} & {mask}] = {self._int(scope)}")

    def _own_element(self, scope: Scope, indent: int) -> None:
        """An update of an element that may belong to this iteration alone."""
        index = scope.readable[0]
        factor = self.random.choice(["", "", " * 2", " * a", " * 0", " * 3 + 1"])
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

    def _append(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f"ys.append({self._int(scope)} % 1000)")

    def _print(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f'print("p", {self._int(scope)})')

    def _mutate(self, scope: Scope, indent: int) -> None:
        if scope.writable:
            name = self.random.choice(scope.writable)
            self._emit(indent, f"bump({name}, {self._int(scope)} * 1)")

    def _struct(self, scope: Scope, indent: int) -> None:
        first, second = self.random.sample(["p.x", "p.y"], 2)
        self._emit(indent, f"{first} = {first} + {self._int(scope)}")
        if self.random.random() < 0.4:
            scope.readable.append(second)

    def _float(self, scope: Scope, indent: int) -> None:
        self._emit(indent, f"f = f * 0.5 + Float64({self._int(scope)} % 1000) * 0.25")

    def _string(self, scope: Scope, indent: int) -> None:
        name = self._name("s")
        self._emit(indent, f"var {name} = String({self._int(scope)} % 100)")
        self._emit(indent, f"if len(ys) < 3 or {self._condition(scope)}:")
        self._emit(indent + 1, f"text = {name} + String(text.byte_length())")

    def _local_list(self, scope: Scope, indent: int) -> None:
        name = self._name("l")
        self._emit(indent, f"var {name} = fill({self._int(scope)})")
        if self.random.random() < 0.5:
            self._emit(indent, f"{name}.append({self._int(scope)})")
        total = self._name("t")
        self._emit(indent, f"var {total} = total_of({name})")
        scope.readable.append(total)

    def _try(self, scope: Scope, indent: int) -> None:
        name = self._name("t")
        self._emit(indent, f"var {name} = 0")
        self._emit(indent, "try:")
        self._emit(indent + 1, f"{name} = picky({self._int(scope)})")
        if self.random.random() < 0.4:
            self._block(scope.inner(in_try=True), indent + 1, 1)
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

    # ----------------------------------------------------------------------------------------- expressions

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
