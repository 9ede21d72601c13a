def main() raises:
    var d = Dict[String, Int]()
    d["a"] = 1
    d["b"] = 2
    d["a"] = d["a"] + 5
    print(d, len(d), "a" in d, "z" in d)
    try:
        print(d["zz"])
    except e:
        print(e)
    print(d.pop("a"), len(d), d.get("a"), d.get("b"), d.get("q", 7), d.pop("q", 8))
    try:
        print(d.pop("zz"))
    except e:
        print(e)
    print(d.setdefault("n", 5), d)
    var e = d.copy()
    e["x"] = 9
    print(d == d, d == e, d | e, d != e, hash(d))
    for k in e.keys():
        print(k)
    for v in e.values():
        print(v)
    for item in e.items():
        print(item.key, item.value)
    var squares = Dict[Int, Int]()
    for i in range(1000):
        squares[i * 7] = i * i
    for i in range(0, 1000, 3):
        _ = squares.pop(i * 7)
    for i in range(500):
        squares[i * 3] = i
    var total = 0
    for item in squares.items():
        total = total * 31 + item.key * item.value
    print(len(squares), total)
    var groups = Dict[Int, List[String]]()
    groups[3] = List[String]()
    groups[3] = [String("abc")]
    print(groups)
    var last = e.popitem()
    print(last.key, last.value, e)
    e.clear()
    print(e, len(e), Bool(e))
    e.update(d)
    print(e)
    var tuples = Dict[Tuple[Int, Int], String]()
    tuples[(1, 2)] = "x"
    print(tuples[(1, 2)], (2, 1) in tuples)
    if e:
        print("not empty")
    var wide = Dict[Int, Float64](capacity=100)
    wide[1] = 0.5
    print(wide)
    try:
        var empty = Dict[Int, Int]()
        _ = empty.popitem()
    except err:
        print(err)
