def square(x: Int) -> Int:
    return x * x


def call[f: def(Int) thin -> Int](x: Int) -> Int:
    return f(x)


def total[f: def(Int) thin -> Int](n: Int) -> Int:
    var t = 0
    for i in range(n):
        t += f(i)
    return t


def some(f: Some[def(Int) -> Int], x: Int) -> Int:
    return f(x)


def mapped[
    T: Copyable, U: Copyable, //, F: def(T) -> U
](xs: List[T], f: F) -> List[U]:
    var result = List[U]()
    for x in xs:
        result.append(f(x))
    return result^


def each[f: def(Int) capturing -> None](n: Int):
    for i in range(n):
        f(i)


def main():
    def local(x: Int) -> Int:
        return x * 3

    print(call[square](4), call[local](4), total[square](5), total[f=local](5))
    var k = 100

    def add(x: Int) {imm k} -> Int:
        return x + k

    print(some(add, 1), some(square, 9))
    comptime F = square
    print(F(11), call[F](12))
    var xs: List[Int] = [1, 2, 3]

    def half(x: Int) -> Float64:
        return Float64(x) / 2.0

    for y in mapped(xs, half):
        print(y)

    @__parameter
    def gather(i: Int):
        k += i

    each[gather](5)
    print(k)
