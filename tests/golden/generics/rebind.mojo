"""rebind, and types by name."""

from std.reflection import reflect


def show[T: AnyType]():
    print(reflect[T].name())


struct Mine(Copyable, Movable):
    var x: Int


def size[T: AnyType](x: T) -> Int:
    comptime if reflect[T].name() == reflect[Int].name():
        return rebind[Int](x) + 1
    return 0


def main():
    show[Int]()
    show[String]()
    show[List[Float64]]()
    print(size(4), size("a"))
