from std.builtin.sort import sort
def desc(a: Int, b: Int) -> Bool:
    return a > b
@fieldwise_init
struct P(Copyable):
    var k: Int
    var n: String
def by_k(a: P, b: P) -> Bool:
    return a.k < b.k
def main() raises:
    var a: List[Int] = [3, 1, 2]
    sort(a, desc)
    print(a)
    sort(a)
    print(a)
    var w: List[String] = ["pear", "fig", "apple"]
    sort(w)
    print(w)
    var pl = List[P]()
    pl.append(P(2, "b"))
    pl.append(P(1, "x"))
    pl.append(P(2, "a"))
    pl.append(P(1, "y"))
    sort[stable=True](pl, by_k)
    for p in pl:
        print(p.k, p.n, end=" ")
    print()
    sort(Span(a), desc)
    print(a)
    a.extend([7, 8])
    a.extend(Span(a.copy()))
    print(a)
    var x = 1
    var y = 2
    swap(x, y)
    print(x, y)
    print(min(3, 1, 2), max(3, 1, 2), max(1.5, 2.5, 0.5))
    print(atol("ff", 16), atol("-0b101", 0), atol("777", 8))
    print(hex(255), bin(5), oct(8), hex(255, prefix=""), bin(-3), hex(UInt8(200)))
    var z = a * 2
    print(len(z), z == a, z != a)
    print(a.index(7), a.count(8), 9 in a)
    a.reverse()
    print(a)
    a.insert(1, 99)
    print(a.pop(1), a.pop(), len(a))
    a.resize(3, 0)
    print(a)
    var b = List[Int](length=2, fill=5)
    b += [6]
    print(b + [1], b)
    print(List[Int](Span(b)), List(Span(b)))
    print(repr(b), String(b))
    a.shrink(1)
    a.reserve(100)
    print(a, a.capacity() >= 100)
    var r = a.copy()
    r.clear()
    print(len(r), Bool(r), not r)
    print(List[Int](range(2, 8, 3)))
    print(b.unsafe_get(0))
