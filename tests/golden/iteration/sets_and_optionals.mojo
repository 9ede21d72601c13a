# Sets, Optionals, and Dicts backwards; enumerate over their iterators.
from std.collections import Set


def total(values: Set[Int]) -> Int:
    var sum = 0
    for value in values:
        sum += value
    return sum


def main():
    var s: Set[Int] = {3, 1, 2}
    for x in s:
        print(x, end=" ")
    print(total(s))
    var o = Optional[Int](3)
    for x in o:
        print("full", x)
    var none = Optional[String]()
    for x in none:
        print("never", x)
    var d: Dict[String, Int] = {"a": 1, "b": 2, "c": 3}
    for k in reversed(d):
        print(k, end=" ")
    for v in reversed(d.values()):
        print(v, end=" ")
    for e in reversed(d.items()):
        print(e.key, e.value, end=" ")
    print()
    for i, k in enumerate(d):
        print(i, k, end=" ")
    for i, v in enumerate(d.values(), start=5):
        print(i, v, end=" ")
    print()
    _ = d.pop("b", 0)
    for ref v in d.values():
        v *= 10
    for ref e in d.items():
        e.value += 1
    for e in d.items():
        print(e.key, e.value)
    var names: List[String] = ["x", "y", "z"]
    for n, k in zip(names, d):
        print(n, k)
    for k, n, i in zip(d.keys(), names, range(7)):
        print(k, n, i)
    print(any(s), all([x > 1 for x in s]), any(List[Bool]()), all(List[Bool]()))
    var sorted_keys = List(d.keys())
    sort(sorted_keys)
    print(sorted_keys, List(range(3)))
