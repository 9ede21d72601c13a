from std.collections import Deque


def main() raises:
    var d = Deque[Int]()
    for i in range(6):
        d.append(i)
    d.appendleft(-1)
    d.appendleft(-2)
    print(d, len(d), d[0], d[7])
    print(d.pop(), d.popleft(), len(d))
    d[1] = 50
    for x in d:
        print(x, end=" ")
    print()
    print(50 in d, 99 in d, d.count(2), d.index(3))
    d.extend([7, 8])
    d.extendleft([9, 10])
    print(d)
    d.reverse()
    print(d)
    d.rotate(2)
    print(d)
    d.rotate(-1)
    print(d)
    d.insert(1, 77)
    d.remove(8)
    print(d, d.peek(), d.peekleft())
    var e = d.copy()
    e.clear()
    print(len(e), Bool(e), d == e, d != e)
    var m = Deque[Int](maxlen=3)
    for i in range(5):
        m.append(i)
    print(m)
    m.appendleft(9)
    print(m)
    var q = Deque[String]("a", "b")
    q += Deque[String]("c")
    print(q, repr(Deque[Int](1, 2)))
    try:
        var em = Deque[Int]()
        _ = em.pop()
    except err:
        print(err)
    try:
        d.remove(1234)
    except err:
        print(err)
    for x in reversed(d):
        print(x, end=",")
    print()
