from std.math import sqrt

comptime N = 4
comptime F: Float64 = 4
comptime NAME = "mesh"

@fieldwise_init
struct P(Copyable, Movable, Writable):
    var x: Int
    var y: Float64

struct Q(Copyable, Sized):
    comptime K = 7
    var items: List[Int]
    var name: String

    def __init__(out self, name: String, n: Int = 3):
        self.name = name
        self.items = List[Int]()
        for i in range(n):
            self.items.append(i * Self.K)

    def total(self) -> Int:
        var t = 0
        for x in self.items:
            t += x
        return t

    def add(mut self, v: Int):
        self.items.append(v)

    @staticmethod
    def make() -> Q:
        return Q("made")

    def __len__(self) -> Int:
        return len(self.items)

@fieldwise_init
struct V(ImplicitlyCopyable, Writable, Equatable):
    var a: Float64
    var b: Float64
    def __add__(self, o: V) -> V:
        return V(self.a + o.a, self.b + o.b)
    def __mul__(self, k: Float64) -> V:
        return V(self.a * k, self.b * k)
    def __neg__(self) -> V:
        return V(-self.a, -self.b)
    def __iadd__(mut self, o: V):
        self.a += o.a
        self.b += o.b

def swap2(a: Int, b: Int) -> Tuple[Int, Int]:
    return b, a

def f(x: Int) raises -> Int:
    if x > 3:
        raise Error("too big: " + String(x))
    return x * 2

def mx[T: Comparable & Copyable & ImplicitlyCopyable](a: T, b: T) -> T:
    if a < b:
        return b
    return a

def rep[n: Int](x: Int) -> Int:
    return x * n

def mutate(mut x: Int):
    x += 10

def outp(out r: P):
    r = P(7, 8.5)

def main() raises:
    print(N, F, NAME, 0.1 + 0.2, 7 / 2, 1 << 100 >> 98)
    var p = P(1, 2.5)
    print(p)
    p.x += 4
    var p2 = p.copy()
    p2.y = 1.0
    print(p, p2, sep=" | ", end="!\n")
    var q = Q("q", 5)
    q.add(100)
    print(q.total(), len(q), q.name, Q.make().total(), Q.K)
    var v = V(1.0, 2.0) + V(3.0, 4.0) * 2.0
    v += V(0.5, 0.5)
    print(v, -v, v == v, v != v)
    var a, b = swap2(1, 2)
    a, b = b, a
    print(a, b)
    var t = (1, "x", 2.5)
    print(t, t[0], t[2])
    for i in range(6):
        try:
            print(f(i))
        except e:
            print("caught", e)
        else:
            print("fine")
    print(mx(3, 4), mx(2.5, 1.5), mx(String("a"), String("b")), rep[3](14))
    var z = 5
    mutate(z)
    print(z, outp())
    var xs: List[Int] = [5, 3, 8]
    for ref x in xs:
        x += 1
    print(xs, len(xs), 4 in xs, 99 not in xs)
    var grid = List[List[Float64]]()
    for i in range(3):
        var row = List[Float64](length=2, fill=Float64(i))
        grid.append(row^)
    grid[1][1] = 9.5
    print(grid)
    var i = 0
    while True:
        i += 1
        if i == 3:
            continue
        if i > 5:
            break
        print(i, end=",")
    print()
    for j in range(10, 0, -3):
        print(j, end=" ")
    else:
        print("done")
    var s = String("abc")
    s += "def"
    var s2 = s
    s2 += "!"
    print(s, s2, s == "abcdef", s < s2, s.upper(), s.find("d"))
    print(1 < 2 < 3, not True, 1 if a > 5 else 2, a > 0 and b > 0 or False)
    var u: UInt8 = 250
    u += 10
    print(u, Int8(127) + 1, Int32(5) // Int32(-2), -7 // 2, -7 % 3, Int(-7) / 2, 2 ** 10, 2.0 ** 3)
    print(Int("42") + 1, Float64("2.5"), String(1.5), String(3), Float64(7) / 2)
    print(min(3, 2), max(1.5, 2), abs(-3), sqrt(2.0))
    var ps = List[P]()
    ps.append(P(1, 1.0))
    ps.append(P(2, 2.0))
    ref r = ps[1]
    r.x = 77
    print(ps[1].x, ps)
    var opt: Float32 = 1.0
    opt /= 3
    print(opt, Float32(1e10))
    print(Int.MAX, UInt8.MAX)
    print(~5, 5 & 3, 5 | 3, 5 ^ 3, 1 << 4, -16 >> 2)
