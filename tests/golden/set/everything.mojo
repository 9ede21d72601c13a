"""Set: all operations."""

from std.collections import Set


def main() raises:
    var a: Set[Int] = {1, 2, 3}
    var b = Set[Int]([3, 4])
    print(a, b, len(a), 2 in a, 9 in a, Bool(a))
    print(a | b, a & b, a - b, a ^ b)
    print(a.union(b), a.intersection(b), a.difference(b), a.symmetric_difference(b))
    print(a.issubset(b), a.issuperset({1, 2}), a.isdisjoint({7}), a <= a, a < a, a > {1}, a >= b)
    a.add(7)
    a.remove(1)
    a.discard(100)
    print(a)
    try:
        a.remove(100)
    except e:
        print("error", e)
    print(a.pop(), len(a))
    a.update({8, 9})
    print(a)
    a |= {10}
    a &= {8, 9, 10}
    a -= {8}
    a ^= {9, 11}
    print(a, a == {10, 11}, a != {10})
    var c = a.copy()
    c.clear()
    print(len(c), c, len(a))
    try:
        _ = c.pop()
    except e:
        print("error", e)
    var words = {w for w in ["x", "y", "x"]}
    print(words, len(words))
    var total = 0
    for x in a:
        total += x
    print(total)
    print(hash(a) == hash({11, 10}), repr(words))
