from std.memory import alloc
from std.random import rand, randint, randn, seed


def main() raises:
    seed(42)
    var p = alloc[Float64](5)
    rand(p, 5)
    for i in range(5): print(p[unsafe_offset=i], end=" ")
    print()
    for i in range(5): print(p[unsafe_offset=i], end=" ")
    print()
    randn(p, 5)
    for i in range(5): print(p[unsafe_offset=i], end=" ")
    print()
    var q = alloc[Int32](5)
    randint(q, 5, -3, 3)
    for i in range(5): print(q[unsafe_offset=i], end=" ")
    print()
    rand(q, 2)
