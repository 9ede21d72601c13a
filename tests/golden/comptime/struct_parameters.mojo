@fieldwise_init
struct Size(ImplicitlyCopyable, Movable):
    var w: Int
    var h: Int

    def area(self) -> Int:
        return self.w * self.h


def doubled(s: Size) -> Size:
    return Size(s.w * 2, s.h * 2)


def area[s: Size]() -> Int:
    return s.w * s.h


def shrink[s: Size]() -> Int:
    comptime if s.w == 0:
        return 0
    else:
        comptime less = Size(s.w - 1, s.h)
        return s.h + shrink[less]()


struct Board[size: Size](Movable):
    var cells: List[Int]

    def __init__(out self):
        self.cells = List[Int](length=Self.size.area(), fill=Self.size.w)


comptime BIG = doubled(Size(3, 4))


def main():
    print(area[Size(1, 2)](), area[BIG](), area[doubled(BIG)]())
    print(shrink[Size(3, 5)]())
    var b = Board[Size(2, 3)]()
    print(len(b.cells), b.cells[5])
    comptime for i in range(3):
        comptime s = Size(i, i + 1)
        print(area[s]())
