trait Shape:
    def area(self) -> Float64:
        ...

    def name(self) -> String:
        return "shape"


@fieldwise_init
struct Square(Copyable, Movable, Shape):
    var side: Float64

    def area(self) -> Float64:
        return self.side * self.side

    def name(self) -> String:
        return "square"


@fieldwise_init
struct Circle(Copyable, Movable, Shape):
    var radius: Float64

    def area(self) -> Float64:
        return 3.0 * self.radius * self.radius


def show[T: Shape](shape: T):
    print(shape.name(), shape.area())


def larger[A: Shape, B: Shape](a: A, b: B) -> Bool:
    return a.area() > b.area()


def main():
    show(Square(3.0))
    show(Circle(2.0))
    print(larger(Square(3.0), Circle(2.0)))
