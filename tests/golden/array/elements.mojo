# Arrays whose elements own memory, of structs, in structs, as results and arguments; known while compiling.


@fieldwise_init
struct Noisy(Copyable, Movable):
    var id: Int

    def __deinit__(deinit self):
        print("end", self.id)


@fieldwise_init
struct Body(Copyable, Movable, Writable):
    var x: Float64
    var name: String


struct Grid(Copyable, Movable):
    var cells: Array[Array[Int, 3], 2]

    def __init__(out self):
        self.cells = Array[Array[Int, 3], 2](fill=Array[Int, 3](fill=1))

    def __getitem__(self, i: Int, j: Int) -> Int:
        return self.cells[i][j]

    def set(mut self, i: Int, j: Int, v: Int):
        self.cells[i][j] = v


comptime PRIMES: Array[Int, 4] = [2, 3, 5, 7]
comptime NAMES: Array[String, 2] = ["zero", "one"]


def doubled(xs: Array[Int, 3]) -> Array[Int, 3]:
    var result = xs.copy()
    for ref x in result:
        x *= 2
    return result^


def sum_of[T: Copyable, n: Int](xs: Array[T, n]) -> Int:
    return n


def change(mut xs: Array[Int, 3]):
    xs[0] = -1


def main():
    var bodies = [Body(1, "sun"), Body(2, "moon")]
    bodies[1].x += 0.5
    bodies[0].name += "!"
    for b in bodies:
        print(b)
    var again = bodies.copy()
    again[0].name = "other"
    print(bodies[0].name, again[0].name)
    var g = Grid()
    g.set(1, 2, 7)
    print(g[1, 2], g[0, 0])
    var t: Array[Int, 3]
    t = [4, 5, 6]
    print(doubled(t), sum_of(t), sum_of(["a", "b"]))
    change(t)
    print(t)
    var noisy = [Noisy(1), Noisy(2)]
    print(noisy[1].id)
    print("after")
    comptime third = PRIMES[2]
    print(third)
    var names = materialize[NAMES]()
    print(names[1], len(names))
    var total = 0
    var primes = materialize[PRIMES]()
    for i in range(100):
        total += primes[i % 4] * i
    print(total)
    var counts = Array[Int, 10](fill=0)
    for i in range(1000):
        counts[i * i % 10] += 1
    print(counts)
    print(3 in [1, 2, 3], String("b") in [String("a"), String("b")])
    var ys = [1, -2, 3]
    ys[0], ys[2] = ys[2], ys[0]
    print(ys)
    var floats: Array[Float64, 2] = [1, 2]
    print(floats)
    var lists: List[List[Int]] = [[1], [2, 3]]
    print(len(lists[1]))
