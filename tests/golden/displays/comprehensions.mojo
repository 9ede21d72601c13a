"""Comprehensions of lists, sets and dictionaries, nested and with conditions; assignment expressions."""


def main():
    print([i * i for i in range(5) if i % 2 == 0])
    var xs: List[Int] = [1, 2, 3]
    print([x + 1 for x in xs])
    print([(x, y) for x in xs for y in range(2) if x != y])
    print({x: x * x for x in xs})
    print({x % 2 for x in xs})
    print([[j for j in range(i)] for i in range(3)])
    print([String(x) for x in xs])
    var f: List[Float64] = [0.5 for _ in range(2)]
    print(f)
    print([a * b for a, b in zip(xs, range(3))])
    print([1.0 for _ in range(2)])
    var y: Int = 1
    print(y)
    print((y := 5) + y)
    if (y := 7) > 3:
        print(y)
    while (y := y - 1) > 4:
        print(y)
    print([x for x in xs if x > 1 if x < 3])
    var n = sum2([Float64(i) for i in range(4)])
    print(n)
    print(["a" for _ in range(2)])
def sum2(v: List[Float64]) -> Float64:
    var s = 0.0
    for x in v:
        s += x
    return s
