"""List displays make containers; tuples are joined and turned round."""

from std.collections import Deque, LinkedList


@fieldwise_init
struct Bag[T: Copyable & Deinitable](Copyable):
    var items: List[Self.T]

    def __init__(out self, var *values: Self.T, __list_literal__: NoneType):
        self.items = List[Self.T]()
        for ref v in values:
            self.items.append(v.copy())


def total(q: Deque[Int]) -> Int:
    var sum = 0
    for x in q:
        sum += x
    return sum


def main():
    var q: Deque[Int] = [1, 2, 3]
    print(q, len(q), total([4, 5]))
    q.append(4)
    print(q)
    var l: LinkedList[Int] = [1, 2]
    print(l)
    var b: Bag[Int] = [7, 8]
    print(b.items)
    var s: Deque[String] = ["a", "b"]
    print(s[1])
    print((1, 2).concat((3, "a")))
    var t = (1, "b", 2.5)
    print(t.reverse(), t)
    print((1, "b").reverse()[0])
