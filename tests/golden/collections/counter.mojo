from std.collections import Counter


def main() raises:
    var c = Counter[String]()
    for w in ["a", "b", "a", "c", "a", "b"]:
        c[w] += 1
    print(c["a"], c["zz"], len(c), c.total())
    for item in c.most_common(2):
        print(item._value, item._count)
    var c2 = Counter[Int](1, 2, 2, 3, 3, 3)
    print(c2[3], 2 in c2, c2.get(9, 0))
    for k in c2:
        print(k, c2[k], end=";")
    print()
    c2.update(Counter[Int](3, 4))
    print(c2[3], c2[4])
    var s = c2 + Counter[Int](1)
    print(s[1], c2 == s)
