from std.collections import BitSet


def main() raises:
    var bs = BitSet[100]()
    bs.set(3)
    bs.set(64)
    bs.set(99)
    bs.toggle(3)
    bs.toggle(5)
    print(len(bs), bs.test(64), bs.test(3), bs)
    bs.clear(64)
    var b2 = BitSet[100]()
    b2.set(5)
    print(bs.union(b2), bs.intersection(b2), bs.difference(b2), len(bs))
    bs.clear_all()
    print(len(bs), Bool(bs))
