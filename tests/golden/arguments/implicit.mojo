# `@implicit` constructors convert arguments, variables, results, fields and defaults.


@fieldwise_init
struct Metres(ImplicitlyCopyable, Writable):
    var value: Float64

    @implicit
    def __init__(out self, whole: Int):
        self.value = Float64(whole)

    @implicit
    def __init__(out self, text: String):
        self.value = Float64(text.byte_length())

    def __add__(self, other: Self) -> Self:
        return Self(self.value + other.value)


@fieldwise_init("implicit")
struct Wrapped(Copyable, Writable):
    var inner: Float64


struct Box[T: Copyable & Deinitable](Copyable):
    var value: Self.T

    @implicit
    def __init__(out self, var value: Self.T):
        self.value = value^


def show(m: Metres) -> String:
    return String(m)


def exact(m: Metres) -> String:
    return "metres"


def exact(m: Int) -> String:
    return "int"


def result(n: Int) -> Metres:
    return n


def later(a: Metres = 12) -> Metres:
    return a + 1


def unwrap(w: Wrapped) -> Float64:
    return w.inner


def main():
    print(show(4), show("abc"), show(Metres(2.5)))
    print(exact(3), exact("x"), exact(Metres(1.0)))
    var m: Metres = 7
    print(m)
    m = 8
    print(m, m + 2)
    print(result(5), later(), later(3))
    print(unwrap(1.5))
    var b: Box[Int] = 3
    var s: Box[String] = String("text")
    print(b.value, s.value)
    var list: List[Metres] = [1, Metres(2.5)]
    print(list[0], list[1])
    list.append(9)
    print(list[2])
