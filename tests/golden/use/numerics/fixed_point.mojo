struct Fixed(ImplicitlyCopyable, Movable, Writable):
    var raw: Int

    def __init__(out self, raw: Int):
        self.raw = raw

    def __add__(self, other: Self) -> Self:
        return Self(self.raw + other.raw)

    def __mul__(self, other: Self) -> Self:
        return Self(self.raw * other.raw // 1000)

    def __lt__(self, other: Self) -> Bool:
        return self.raw < other.raw

    def write_to(self, mut writer: Some[Writer]):
        writer.write(self.raw // 1000, ".", self.raw % 1000)


def main():
    var a = Fixed(1500)
    var b = Fixed(2250)
    print(a + b, a * b, a < b, b < a)
