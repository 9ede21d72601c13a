# Which overload is meant: by type, number, keyword, parameters; literals; generic ones last.


def kind(x: Int) -> String:
    return "int"


def kind(x: Float64) -> String:
    return "float"


def kind(x: String) -> String:
    return "string"


def kind(x: Bool) -> String:
    return "bool"


def kind(x: UInt8) -> String:
    return "byte"


def kind[T: AnyType](x: T) -> String:
    return "anything"


def kind(x: Int, y: Int) -> String:
    return "two ints"


def kind(*xs: Int) -> String:
    return "many ints"


def kind(x: Int, *, deep: Bool) -> String:
    return "deep"


def size[n: Int]() -> String:
    return "one parameter"


def size[n: Int, m: Int]() -> String:
    return "two parameters"


def scale(x: Float64) -> Float64:
    return x * 2


def scale(x: Float64, factor: Float64) -> Float64:
    return x * factor


@fieldwise_init
struct Thing(Copyable):
    var v: Int

    def get(self) -> Int:
        return self.v

    def get(self, offset: Int) -> Int:
        return self.v + offset

    def get(self, name: String) -> String:
        return name + String(self.v)

    @staticmethod
    def make(v: Int) -> Self:
        return Self(v)

    @staticmethod
    def make(text: String) raises -> Self:
        return Self(Int(text))


def main() raises:
    print(kind(1), kind(1.5), kind("a"), kind(True), kind(UInt8(1)), kind(Int32(1)))
    print(kind(1, 2), kind(1, 2, 3), kind(), kind(1, deep=True))
    print(kind(Thing(1)), kind(String("s")))
    print(size[1](), size[1, 2]())
    print(scale(3), scale(3, 4), scale(1.5, factor=3))
    var t = Thing.make(4)
    print(t.get(), t.get(3), t.get("v"), Thing.make("17").get())
