def square(x: Int) -> Int:
    return x * x


def double(x: Int) -> Int:
    return x * 2


def pick(n: Int) -> def(Int) thin -> Int:
    if n > 0:
        return square
    return double


def show[T: Writable](x: T):
    print("shown", x)


def which(x: Int) -> Int:
    return x + 100


def which(x: String) -> Int:
    return 7


def apply[F: def(Int) -> Int](f: F) -> Int:
    return f(10)


def main():
    var f = square
    print(f(7))
    f = double
    print(f(7))
    var g: def(Int) thin -> Int = square
    print(g(8))
    var h: def(Int) thin -> Int
    h = double
    print(h(8), pick(1)(5), pick(0)(5))
    var s: def(Int) thin = show[Int]
    s(4)
    var o: def(Int) thin -> Int = which
    print(o(1))
    comptime Unary = def(Int) thin -> Int
    var m: Unary = square
    print(m(12), apply(square))
    var total = 0
    for i in range(4):
        var step: Unary = square if i % 2 == 0 else double
        total += step(i)
    print(total)
