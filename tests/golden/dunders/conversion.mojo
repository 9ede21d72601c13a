# `Int(x)`, `Float64(x)`, `Bool(x)`, `String(x)`, `abs`, `round` through dunder methods.


@fieldwise_init
struct Fixed(Absable, Boolable, Copyable, Floatable, Intable, Writable):
    var hundredths: Int

    def __int__(self) -> Int:
        return self.hundredths // 100

    def __float__(self) -> Float64:
        return Float64(self.hundredths) / 100.0

    def __bool__(self) -> Bool:
        return self.hundredths != 0

    def __abs__(self) -> Self:
        return Self(abs(self.hundredths))

    def write_to(self, mut writer: Some[Writer]):
        writer.write(self.hundredths // 100, ".", self.hundredths % 100)

    def write_repr_to(self, mut writer: Some[Writer]):
        writer.write("Fixed<", self.hundredths, ">")


def main():
    var x = Fixed(1234)
    print(Int(x), Float64(x), Bool(x), String(x), x)
    print(abs(Fixed(-250)), Bool(Fixed(0)))
    print(repr(x))
    var s = String("[", x, "]")
    print(s)
