from std.collections import Set
@fieldwise_init
struct P(Copyable, Movable):
    var x: Int
def f(d: Dict[String, Int]) -> Int:
    var s = 0
    for v in d.values():
        s += v
    return s
def main() raises:
    var d: Dict[String, List[Int]] = {"a": [1, 2], "b": [3]}
    for ref v in d.values():
        v.append(7)
    for e in d.items():
        print(e.key, len(e.value))
    for e in d.items():
        print(e.key, len(e.value))
    for ref k, v in zip([1,2], [3, 4]):
        print(k, v)
    var keys = List(d.keys())
    print(len(keys), keys[0])
    var vals = [v.copy() for v in d.values()]
    print(len(vals))
    print(f({"a": 1, "z": 5}))
    var it = iter(d.keys())
    print(next(it))
    print(next(it))
    try:
        print(next(it))
    except e:
        print("end")
    var s: Set[Int] = {1, 2}
    var t = List(s)
    print(t)
    for i in range(3):
        for j in range(3):
            if j == 2: continue
            if i == 1: break
            print(i, j)
        else:
            print("else", i)
    else:
        print("done")
    for k in d.copy():
        print(k)
