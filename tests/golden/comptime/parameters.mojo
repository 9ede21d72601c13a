def double(n: Int) -> Int:
    return n * 2


def shown[n: Int]() -> Int:
    return n + 1


struct Grid[w: Int, h: Int](Movable):
    comptime size = double(Self.w) * Self.h
    var cells: List[Int]

    def __init__(out self):
        self.cells = List[Int](length=Self.size, fill=Self.w)


def chain[n: Int]() -> Int:
    comptime if n > 2:
        return n * chain[n - 1]()
    else:
        return n


def previous[n: Int]() -> Int:
    comptime if n == 0:
        return 1
    else:
        comptime before = previous[n - 1]()
        return before * 3


def main():
    print(shown[double(4)](), shown[double(double(3))]())
    comptime n = 3
    print(shown[n](), shown[n * n]())
    var g = Grid[n, double(2)]()
    print(len(g.cells), g.cells[0])
    comptime c = chain[5]()
    print(c)
    comptime p = previous[6]()
    print(p)
