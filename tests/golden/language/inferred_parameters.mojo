"""Parameters before `//` follow from the arguments; others are written, by name or place, or have defaults."""


def scale[dt: DType, //, factor: Int](x: Scalar[dt]) -> Scalar[dt]:
    return x * Scalar[dt](factor)


def show[T: Writable, //, times: Int = 2, sep: StaticString = "-"](x: T):
    comptime for i in range(times):
        if i:
            print(sep, end="")
        print(x, end="")
    print()


struct Ring[T: Copyable & Deinitable & Writable, size: Int = 3](Copyable):
    var items: List[Self.T]

    def __init__(out self):
        self.items = List[Self.T]()

    def push(mut self, var x: Self.T):
        if len(self.items) == Self.size:
            _ = self.items.pop(0)
        self.items.append(x^)


def main():
    print(scale[3](Float64(1.5)), scale[2](Int32(4)), scale[factor=5](7))
    show("a")
    show[3](1)
    show[sep="+", times=3](2.5)
    var r = Ring[Int]()
    for i in range(5):
        r.push(i)
    print(r.items)
    var q = Ring[T=String, size=2]()
    q.push("x")
    q.push("y")
    q.push("z")
    print(q.items)
