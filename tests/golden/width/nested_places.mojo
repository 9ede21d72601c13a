from std.math import sqrt, floor, ceil, pow

comptime A = 3
comptime B = A * 2 + 1
comptime PI: Float64 = 3.14159

@fieldwise_init
struct Inner(Copyable, Movable):
    var v: Int
    var name: String

@fieldwise_init
struct Mid(Copyable, Movable):
    var inner: Inner
    var xs: List[Inner]

struct World(Movable):
    comptime LIMIT = 3
    var mids: List[Mid]
    var count: Int

    def __init__(out self):
        self.mids = []
        self.count = 0

    def add(mut self, v: Int) raises -> Int:
        if self.count >= Self.LIMIT:
            raise Error("limit " + String(Self.LIMIT))
        self.mids.append(Mid(Inner(v, "i" + String(v)), List[Inner]()))
        self.count += 1
        return self.count

    def touch(mut self):
        for i in range(len(self.mids)):
            self.mids[i].inner.v += 10
            self.mids[i].xs.append(Inner(i, "x"))
            for ref x in self.mids[i].xs:
                x.v *= 2
                x.name += "!"

    def sum(self) -> Int:
        var t = 0
        for ref m in self.mids:
            t += m.inner.v
            for x in m.xs:
                t += x.v
        return t

    @staticmethod
    def twice(x: Int) -> Int:
        return x * 2

def sort_it(mut xs: List[Int]):
    for i in range(len(xs)):
        for j in range(len(xs) - 1 - i):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]

def first[T: Copyable & Deinitable](xs: List[T], default: T) -> T:
    if len(xs) == 0:
        return default.copy()
    return xs[0].copy()

def total[T: Copyable & Deinitable](xs: List[List[T]]) -> Int:
    var n = 0
    for x in xs:
        n += len(x)
    return n

def find(xs: List[String], key: String) raises -> Int:
    for i in range(len(xs)):
        var copy = xs[i] + "?"
        if xs[i] == key:
            return i
        _ = copy
    raise Error("no " + key)

def chain(xs: List[String]) raises -> Int:
    var a = find(xs, "b")
    var b = find(xs, "zz")
    return a + b

def classify(n: Int) -> String:
    return "neg" if n < 0 else ("zero" if n == 0 else "pos")

def gcd(a: Int, b: Int) -> Int:
    var x = a
    var y = b
    while y != 0:
        x, y = y, x % y
    return x

def main() raises:
    var w = World()
    for i in range(5):
        try:
            print(w.add(i))
        except e:
            print("E:", e)
            if i == 4:
                break
            continue
    w.touch()
    w.touch()
    print(w.sum(), World.twice(4), w.LIMIT, w.mids[0].xs[0].name)
    var xs: List[Int] = [5, 2, 9, 1]
    sort_it(xs)
    print(xs, first(xs, 0), first(List[String](), String("d")), len(names0()))
    var names: List[String] = ["a", "b", "c"]
    try:
        print(chain(names))
    except e:
        print(e)
    print(classify(-3), classify(0), classify(4), gcd(48, 18))
    print("ab" * 3, "b" in String("abc"), "c" not in names)
    print(B, PI * 2, 0xFF, 0b101, 0o17, 1_000_000)
    print(abs(-2.5), round(2.5), round(3.7), floor(2.7), ceil(2.1), max(1, 2), min(2.5, 1.5), pow(2.0, 3.0))
    var u: UInt64 = 0
    u -= 1
    print(u, u >> 60, UInt32(1) << 31, Int8(-128) - 1, ~UInt8(5))
    var f: Float32 = 0.1
    print(f + 0.2, Float64(f), Int(f * 100), Float32(1) / 3)
    print(Int(-3.7 * 1.0) if False else Int(Float64(-3.7)), Int(True), Float64(True), Bool(3))
    try:
        print(Int("12x"))
    except e:
        print(e)
    var a = 1; var b = 1; var c = 2
    print(a == b == c, a == b != c, not a == b)
    print(String("Hello, World").lower().find("world"), String("a,b,c").split(",")[1], String(" x ").strip())
    var s = """multi
line"""
    print(s, s.byte_length())
    var z = 10
    while z > 0:
        z -= 3
        if z == 4:
            break
    else:
        print("else")
    print(z, 7 // -2, -7 // -2, 7 % -3, 2 ** 0, (-2) ** 3, 10 ** 18)

def names0() -> List[String]:
    return ["q"]
