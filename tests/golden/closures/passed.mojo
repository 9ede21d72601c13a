def apply[F: def(Int) -> Int](f: F, x: Int) -> Int:
    return f(x)


def twice[F: def(Int) -> Int](f: F, x: Int) -> Int:
    def g(y: Int) {imm f} -> Int:
        return f(f(y))

    return g(x)


def compose[F: def(Int) -> Int, G: def(Int) -> Int](f: F, g: G, x: Int) -> Int:
    return g(f(x))


def forward[F: def(Int) -> Int](n: Int, f: F) -> Int:
    return apply(f, n) + twice(f, n)


def each[F: def(Int) -> None](n: Int, f: F):
    for i in range(n):
        f(i)


def square(x: Int) -> Int:
    return x * x


def main():
    var k = 10

    def add(x: Int) {imm k} -> Int:
        return x + k

    print(apply(add, 5), apply(square, 4), apply(f=add, x=1))
    k = 20
    print(apply(add, 5))
    print(twice(add, 1), twice(square, 3))
    print(compose(add, square, 1), compose(square, add, 1))
    print(forward(2, add), forward(3, square))
    var sum = 0

    def gather(i: Int) {mut sum, imm k}:
        sum += i * k

    each(5, gather)
    print(sum)
    var text = String("")

    def letters(i: Int) {mut text}:
        text += chr(97 + i)

    each(26, letters)
    print(text)
