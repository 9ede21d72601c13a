"""What all random loop programs have: functions to call, variables, and what shows these at the end."""

VARIABLES = (
    ("a", "Int", "1"),
    ("b", "Int", "2"),
    ("c", "Int", "3"),
    ("u", "Int", "4"),
    ("v", "Int", "5"),
    ("best", "Int", "0"),
    ("where", "Int", "-1"),
    ("low", "Int", "500"),
    ("top", "Int", "20"),
    ("ok", "Bool", "True"),
    ("some", "Bool", "False"),
    ("k", "Int", "9"),
    ("s", "Int", "42"),
    ("source", "Source", "Source()"),
    ("stats", "Stats", "Stats()"),
    ("grid", "Grid", "Grid()"),
    ("f", "Float64", "0.5"),
    ("text", "String", 'String("t")'),
    ("p", "Point", "Point(1, 2)"),
    ("xs", "List[Int]", "List[Int](length=16, fill=5)"),
    ("own", "List[Int]", "List[Int](length=84, fill=3)"),
    ("zs", "List[Float64]", "List[Float64](length=88, fill=0.25)"),
    ("ys", "List[Int]", "List[Int]()"),
    ("table", "List[Int]", "squares(16)"),
    ("tiles", "Array[Int, 16]", "Array[Int, 16](fill=2)"),
)
"""Name, type and first value of each variable from outside the loops."""

UNCHANGED = frozenset({"table"})
"""What loops only read."""

_NAMES = ", ".join(name for name, _, _ in VARIABLES)
_SHOWN = ", ".join(f"{name}: {type_}" for name, type_, _ in VARIABLES)
_CHANGED = ", ".join(
    f"{name}: {type_}" if name in UNCHANGED else f"mut {name}: {type_}"
    for name, type_, _ in VARIABLES
)

HEAD = f"""\
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


struct Stats(Copyable, Movable):
    var count: Int
    var total: Int
    var top: Int

    def __init__(out self):
        self.count = 0
        self.total = 0
        self.top = 7

    def add(mut self, x: Int):
        self.count += 1
        self.total += x
        if x > self.top:
            self.top = x


struct Grid(Copyable, Movable):
    var cells: List[Int]
    var scale: Int
    var hits: Int

    def __init__(out self):
        self.cells = List[Int](length=16, fill=3)
        self.scale = 2
        self.hits = 0


struct Linked(Movable):
    var value: Int
    var to: UnsafePointer[Int, MutAnyOrigin]

    def __init__(out self):
        self.value = 1
        self.to = UnsafePointer(to=self.value)


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


def squares(count: Int) -> List[Int]:
    var table = List[Int](length=count, fill=1)
    for k in range(count):
        table[k] = k * k - 20
    return table^


def show({_SHOWN}):
    print(a, b, c, u, v, best, where, f.to_bits[DType.uint64](), text, p.x, p.y)
    print(random_ui64(0, 1000))
    print(low, top, ok, some, k, s, source.state, source.drawn)
    print(stats.count, stats.total, stats.top, grid.hits, grid.scale, digest(grid.cells))
    print(digest(xs), digest(ys), digest(own), len(table), float_digest(zs).to_bits[DType.uint64]())
    var value = 0
    for k in range(16):
        value = value * 31 + tiles[k]
    print(value)


"""

MAIN = "def main() raises:\n"

START = "".join(f"    var {name} = {value}\n" for name, _, value in VARIABLES)

WORK = f"def work({_CHANGED}) raises:\n"

CALL = f"""\
    try:
        work({_NAMES})
    except err:
        print("work raised", err)
"""

END = f"    show({_NAMES})\n"
