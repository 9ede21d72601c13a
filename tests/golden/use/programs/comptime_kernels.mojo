# comptime, parameters, SIMD kernels, vectorize, tables
from std.algorithm import vectorize
from std.sys import simd_width_of
from std.math import iota
from std.bit import pop_count, count_leading_zeros, next_power_of_two

def make_table[n: Int]() -> Array[Int, n]:
    var t = Array[Int, n](fill=0)
    for i in range(n):
        t[i] = i * i
    return t^

comptime SQUARES = make_table[8]()

def fib(n: Int) -> Int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)

comptime FIB20 = fib(20)

struct Ring[size: Int, T: Copyable & Movable & Deinitable = Int]:
    var items: List[Self.T]
    var head: Int
    comptime MASK = Self.size - 1
    def __init__(out self, fill: Self.T):
        comptime assert Self.size & (Self.size - 1) == 0, "a power of two"
        self.items = List[Self.T](length=Self.size, fill=fill)
        self.head = 0
    def push(mut self, var x: Self.T):
        self.items[self.head & Self.MASK] = x^
        self.head += 1
    def last(self, back: Int = 1) -> Self.T:
        return self.items[(self.head - back) & Self.MASK].copy()

def dot[width: Int = 4](a: List[Float32], b: List[Float32]) -> Float32:
    var acc = SIMD[DType.float32, width](0)
    var n = len(a) // width * width
    for i in range(0, n, width):
        acc += a.unsafe_ptr().load[width=width](i) * b.unsafe_ptr().load[width=width](i)
    var s = acc.reduce_add()
    for i in range(n, len(a)):
        s += a[i] * b[i]
    return s

def unrolled[n: Int](x: Float64) -> Float64:
    var r = 1.0
    comptime for i in range(n):
        r = r * x + Float64(i)
    return r

def kind[T: AnyType]() -> String:
    comptime if T == Int:
        return "int"
    elif T == String:
        return "string"
    else:
        return "other"

def describe[dt: DType]():
    comptime if dt.is_floating_point():
        print("float of", dt)
    elif dt.is_signed():
        print("signed", dt)
    else:
        print("unsigned", dt)

def main():
    var t = materialize[SQUARES]()
    for i in range(8):
        print(t[i], end=" ")
    print(FIB20)
    var r = Ring[4](0)
    for i in range(10):
        r.push(i)
    print(r.last(), r.last(2), r.head)
    var a = List[Float32]()
    var b = List[Float32]()
    for i in range(11):
        a.append(Float32(i) * 0.5)
        b.append(Float32(11 - i))
    print(dot(a, b), dot[8](a, b))
    print(unrolled[5](2.0), kind[Int](), kind[String](), kind[Float64]())
    describe[DType.float32]()
    describe[DType.int16]()
    describe[DType.uint8]()
    print(pop_count(255), count_leading_zeros(1), next_power_of_two(100))
    print(iota[DType.int32, 8](), iota[DType.float32, 4](1))
    var out = List[Int](length=16, fill=0)
    for i in range(16):
        out[i] = i * i
    print(out)
    comptime names = ["a", "b", "c"]
    comptime for i in range(3):
        print(comptime(names[i]), end=",")
    print()
