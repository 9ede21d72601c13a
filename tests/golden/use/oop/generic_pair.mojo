@fieldwise_init
struct Pair[A: Copyable & Writable & Deinitable, B: Copyable & Writable & Deinitable](Copyable, Movable):
    var first: Self.A
    var second: Self.B

    def swapped(self) -> Pair[Self.B, Self.A]:
        return Pair[Self.B, Self.A](self.second.copy(), self.first.copy())


def main():
    var p = Pair[Int, String](1, "one")
    var q = p.swapped()
    print(p.first, p.second, q.first, q.second)
