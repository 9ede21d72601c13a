"""How an Array, and what it holds, writes itself for programmers."""


@fieldwise_init
struct V[n: Int, T: Copyable & Writable & Deinitable](Writable, Copyable):
    var x: Self.T

def main():
    var v = V[3, Int](5)
    print(v, repr(v))
    var a: Array[V[2, Int], 1] = [V[2, Int](1)]
    print(repr(a))
    var l = [V[2, Int](1)]
    print(repr(l))
    var l2: List[Array[Int, 2]] = [[1, 2]]
    print(repr(l2))
    print(repr(Optional(SIMD[DType.int8, 2](1, 2))))
