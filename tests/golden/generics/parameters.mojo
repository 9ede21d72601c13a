# Parameters: values, defaults, keywords, inferred ones, nested types, partial lists, parametric names.


struct Vec[n: Int](ImplicitlyCopyable):
    var x: Int
    comptime size = Self.n * 2

    def __init__(out self, x: Int = 1):
        self.x = x

    def __mul__[m: Int](self, o: Vec[m]) -> Vec[Self.n + m]:
        return Vec[Self.n + m](self.x * o.x)

    @staticmethod
    def zero() -> Self:
        return Self(0)


struct Pair[A: Copyable & Deinitable, B: Copyable & Deinitable = Int]:
    var a: Self.A
    var b: Self.B

    def __init__(out self, a: Self.A, b: Self.B):
        self.a = a.copy()
        self.b = b.copy()


comptime Three = Vec[3]
comptime Same[T: Copyable & Deinitable] = Pair[T, T]
comptime Wide[n: Int] = Vec[n * 10]


def sum3[a: Int, b: Int = 2, *, c: Int = 3]() -> Int:
    return a * 100 + b * 10 + c


def inferred[T: Copyable & Deinitable, //, n: Int](x: List[T]) -> Int:
    return len(x) * n


def firsts[T: Copyable & Deinitable](x: List[List[T]]) -> T:
    return x[0][0].copy()


def dims[n: Int](v: Vec[n]) -> Int:
    return n * 10 + v.size


def follows[n: Int, m: Int = n * 2]() -> Int:
    return n + m


def flags[b: Bool, f: Float64 = 0.5]() -> Float64:
    return f if b else -f


def swapped[A: Copyable & Deinitable, B: Copyable & Deinitable](p: Pair[A, B]) -> Pair[B, A]:
    return Pair[B, A](p.b, p.a)


def main():
    print(sum3[1](), sum3[1, 5](), sum3[1, b=5](), sum3[b=4, a=7, c=1]())
    var list: List[Int] = [1, 2, 3]
    print(inferred[4](list), inferred[n=2](list))
    var nested: List[List[Int]] = [[7, 8], [9]]
    print(firsts(nested))
    print(dims(Vec[3]() * Vec[4]()), Vec[2].zero().x, Vec[6].size)
    print(Three(4).x, Three.size, Wide[2].size)
    var p = Pair[Float64](1, 2)
    var q = swapped(Pair(1, String("s")))
    print(p.a, p.b, q.a, q.b)
    var same = Same[String]("x", "y")
    print(same.a, same.b)
    print(follows[3](), follows[3, 1](), flags[True](), flags[False, 2.5]())
    comptime K = 4
    print(Vec[K].size, sum3[K]())
