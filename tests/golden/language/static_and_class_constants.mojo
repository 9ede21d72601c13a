"""`@staticmethod`, `Self`, and a struct's `comptime` names."""


@fieldwise_init
struct Angle(Copyable, Writable):
    comptime FULL = 360
    comptime Unit = Int

    var degrees: Self.Unit

    @staticmethod
    def right() -> Self:
        return Self(Self.FULL // 4)

    @staticmethod
    def of[n: Int]() -> Angle:
        return Angle(n % Self.FULL)

    def plus(self, other: Self) -> Self:
        return Self((self.degrees + other.degrees) % Self.FULL)


def main():
    var a = Angle.right()
    print(a, Angle.FULL, a.plus(Angle.of[350]()))
    print(Angle.of[725]().degrees)
