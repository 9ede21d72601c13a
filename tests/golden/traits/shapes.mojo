# A trait with requirements, default bodies, a static method and comptime members; used through bounds and `Some`.


trait Shape:
    comptime sides: Int
    comptime label: String

    def area(self) -> Float64:
        ...

    def name(self) -> String:
        return "shape with " + String(Self.sides) + " sides"

    def describe(self) -> String:
        return self.name() + " of area " + String(self.area())

    @staticmethod
    def unit() -> Self:
        ...


@fieldwise_init
struct Square(Copyable, Shape):
    comptime sides = 4
    comptime label = "square"
    var side: Float64

    def area(self) -> Float64:
        return self.side * self.side

    @staticmethod
    def unit() -> Self:
        return Self(1.0)


@fieldwise_init
struct Triangle(ImplicitlyCopyable, Shape):
    comptime sides = 3
    comptime label = "triangle"
    var base: Float64
    var height: Float64

    def area(self) -> Float64:
        return self.base * self.height / 2

    def name(self) -> String:
        return "a triangle"

    @staticmethod
    def unit() -> Self:
        return Self(1.0, 1.0)


def total[A: Shape, B: Shape](a: A, b: B) -> Float64:
    return a.area() + b.area()


def show(shape: Some[Shape]) -> String:
    return shape.describe()


def label[T: Shape]() -> String:
    return materialize[T.label]() + String(T.sides)


def make[T: Shape & Movable & Deinitable]() -> Float64:
    var made = T.unit()
    return made.area()


def larger[T: Shape & Copyable & Deinitable](items: List[T]) -> T:
    var best = items[0].copy()
    for item in items:
        if item.area() > best.area():
            best = item.copy()
    return best^


def main():
    var s = Square(3.0)
    var t = Triangle(4.0, 5.0)
    print(total(s, t), total(t, t))
    print(show(s))
    print(show(t))
    print(label[Square](), label[Triangle]())
    print(make[Square](), make[Triangle]())
    var squares: List[Square] = [Square(2.0), Square(5.0), Square(1.0)]
    print(larger(squares).side)
