# Stores through pointers and references change what loops read by another name.
from std.memory import UnsafePointer


def heavy(n: Int) -> Int:
    var total = n
    for k in range(60):
        total = (total * 31 + k) % 65537
    return total


struct Grid(Copyable, Movable):
    var cells: List[Int]

    def __init__(out self):
        self.cells = List[Int](length=10, fill=2)

    def at(mut self, i: Int) -> ref[self.cells[i]] Int:
        return self.cells[i]


def main():
    var xs = List[Int](length=21, fill=1)
    var p = xs.unsafe_ptr()
    var total = 0
    for i in range(20):
        p[i + 1] = i * 3
        total += heavy(xs[i])
    print(total)

    var ys = List[Int](length=21, fill=1)
    var span = Span(ys)
    for i in range(20):
        span[i + 1] = i * 5
        total += heavy(span[i])
    print(total, ys[20])

    var grid = Grid()
    for i in range(20):
        grid.at(i % 10) = i
        total += heavy(grid.cells[(i + 3) % 10])
    print(total)

    for i in range(20):
        var own = List[Int](length=4, fill=i)
        var part = Span(own)
        part[0] = total & 3
        total += heavy(own[0])
    print(total)

    var y = 3
    var q = UnsafePointer(to=y)
    for i in range(20):
        q[] = i
        total += heavy(y)
    print(total, y)
