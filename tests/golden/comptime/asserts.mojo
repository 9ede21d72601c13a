def fits(n: Int, size: Int) -> Bool:
    return n <= size


struct Buffer[size: Int](Movable):
    var items: List[Int]

    def __init__(out self):
        comptime assert Self.size > 0, "a buffer cannot be empty"
        comptime assert fits(Self.size, 64)
        self.items = List[Int](length=Self.size, fill=0)


def halve[n: Int]() -> Int:
    comptime assert n % 2 == 0, "n must be even"
    return n // 2


def main():
    print(halve[10](), halve[halve[8]()]())
    var b = Buffer[16]()
    print(len(b.items))
    comptime assert fits(3, 4), "this holds"
    comptime for i in range(3):
        comptime assert i < 3
    print("done")
