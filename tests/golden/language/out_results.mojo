"""A result with a name of its own: `out r: T`."""


@fieldwise_init
struct P(Copyable, Writable):
    var x: Int
    var y: Int


def make(n: Int, out r: P):
    r = P(n, n * 2)
    r.y += 1


def squares(n: Int, out r: List[Int]):
    r = List[Int]()
    for i in range(n):
        r.append(i * i)


def half(x: Int, out r: Float64) raises:
    if x % 2:
        raise "odd"
    r = Float64(x) / 2


def main() raises:
    print(make(3))
    print(squares(4))
    print(half(7 - 1))
    try:
        print(half(7))
    except e:
        print(e)
