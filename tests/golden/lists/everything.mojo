"""List: construction and all that changes it."""


def main() raises:
    var a: List[Int] = [3, 1, 2]
    print(a, len(a), a.capacity() >= 3, Bool(a), Bool(List[Int]()))
    a.append(5)
    a.insert(0, 9)
    a.insert(3, 8)
    print(a)
    a.extend([7, 7])
    a += [6]
    print(a + [1], a * 2)
    print(a.pop(), a.pop(0), a)
    a.reverse()
    print(a, a.index(7), a.count(7), 8 in a, 10 in a)
    try:
        print(a.index(100))
    except e:
        print(e)
    a.resize(3, 0)
    print(a)
    a.resize(5, -1)
    print(a)
    a.swap_elements(0, 4)
    print(a)
    a.shrink(2)
    print(a)
    var b = a.copy()
    b.clear()
    print(len(a), len(b), a == b, a != b, a == a.copy())
    var c = List[String](length=2, fill="x")
    c[1] = "y"
    print(c, List[Int](capacity=10), List(range(4)), [x * x for x in range(4)])
    var d = List[List[Int]]()
    d.append([1])
    d.append([2, 3])
    d[0].append(4)
    print(d, d[1][1])
    for ref x in d[1]:
        x *= 10
    print(d)
    print(repr(a), repr(c))
    var e = List(a)
    print(e)
    var total = 0
    for x in reversed(d[1]):
        total = total * 100 + x
    print(total)
    print(a.unsafe_get(0), min(d[1][0], 3))
    a.unsafe_set(0, 42)
    print(a)
    print(a[0:1], d[1][::-1])
