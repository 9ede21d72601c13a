from std.utils import StaticTuple
@fieldwise_init
struct P(TrivialRegisterPassable):
    var x: Float64
    var n: Int32
comptime M = StaticTuple[StaticTuple[Float64, 3], 2](StaticTuple[Float64, 3](1, 2, 3), StaticTuple[Float64, 3](4, 5, 6))
comptime B = StaticTuple[UInt8, 300](fill=3)
struct Grid(Copyable):
    var cells: StaticTuple[Int, 9]
    def __init__(out self):
        self.cells = StaticTuple[Int, 9](fill=0)
    def put(mut self, i: Int, v: Int):
        self.cells[i] = v
        self.cells[i] += 1
def total(t: StaticTuple[Int, 9]) -> Int:
    var s = 0
    for i in range(t.size):
        s += t[i]
    return s
def norm[n: Int](t: StaticTuple[Float64, n]) -> Float64:
    var s = 0.0
    comptime for i in range(n):
        s += t[i] * t[i]
    return s
def make() -> StaticTuple[P, 5]:
    return StaticTuple[P, 5](fill=P(1.5, 3))
def main():
    var g = Grid()
    g.put(4, 6)
    var h = g.copy()
    h.put(0, 1)
    print(total(g.cells), total(h.cells))
    print(norm(StaticTuple[Float64, 3](1, 2, 3)))
    var p = make()
    p[2] = P(2.5, 4)
    print(p[2].x, p[4].n, len(p))
    print(M[1][2], norm(M[0]))
    var b = materialize[B]()
    b[299] = 7
    print(b[0], b[299], len(b))
    var x = StaticTuple[Int, 2](1, 2)
    print(x == StaticTuple[Int, 2](1, 2), x < StaticTuple[Int, 2](1, 3), x >= StaticTuple[Int, 2](2, 0))
    var l = List[StaticTuple[Int, 2]]()
    l.append(x)
    l.append(StaticTuple[Int, 2](8, 9))
    print(l[1][0])
    l[1][0] = 10
    print(l[1][0], l[0][0])
    var e = StaticTuple[Int, 0]()
    print(len(e))
    print(x.get[1]())
