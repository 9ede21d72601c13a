from std.collections import Set

def any_big(xs: List[Int]) -> Bool:
    return any([x > 2 for x in xs])

def main() raises:
    var a = [i * i for i in range(5) if i % 2 == 0]
    print(a)
    a.append(3)
    var pairs = [(i, j) for i in range(3) for j in range(i)]
    for p in pairs:
        print(p[0], p[1])
    var n = [[i * j for j in range(3)] for i in range(3)]
    print(len(n), n[2][2])
    var d = {i: String(i * i) for i in range(4)}
    print(d)
    var s = {i % 3 for i in range(10)}
    print(s)
    var words: List[String] = ["a", "bb", "ccc"]
    var lens = {w: w.byte_length() for w in words}
    for e in lens.items():
        print(e.key, e.value)
    var u = [w + "!" for w in words if w != "bb" if w.byte_length() > 0]
    print(u)
    var f: List[Float64] = [Float64(x) / 2 for x in a]
    print(f)
    print(any_big(a), all([x > 0 for x in a]))
    print(len([0 for _ in range(7)]))
    var e = [(k, v) for k, v in zip(words, a)]
    print(len(e), e[1][0])
    var g = [i + j for i, j in enumerate(a)]
    print(g)
