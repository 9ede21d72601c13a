"""Dict: all operations."""


def main() raises:
    var d: Dict[String, Int] = {"one": 1, "two": 2}
    print(d, len(d), "one" in d, "six" in d, Bool(d))
    d["three"] = 3
    d["one"] += 10
    print(d["one"], d.get("two").value(), d.get("zzz", -1), d.get("zzz").__bool__())
    print(d.pop("two"), d.pop("nine", 9), d)
    print(d.setdefault("four", 4))
    print(d.setdefault("four", 5))
    d.setdefault("four", 0) += 1
    for k in d:
        print(k, end=" ")
    for k in d.keys():
        print(k, end=" ")
    for v in d.values():
        print(v, end=" ")
    for e in d.items():
        print(e.key, e.value, sep="=", end=" ")
    print()
    for ref v in d.values():
        v *= 2
    print(d)
    var other = {"one": 100, "five": 5}
    d.update(other)
    print(d, d | {"six": 6})
    d |= {"seven": 7}
    print(len(d))
    var last = d.popitem()
    print(last.key, last.value)
    print(d == d.copy(), d != other)
    var keys: List[String] = ["a", "b"]
    print(Dict[String, Int].fromkeys(keys, 0))
    print({i: i * i for i in range(4)})
    var nested = Dict[Int, List[Int]]()
    nested[1] = [1]
    nested[1].append(2)
    print(nested, repr(d))
    d.clear()
    print(d, len(d))
    for k in reversed(other):
        print(k, end=" ")
    print()
