@fieldwise_init
struct In(Copyable, Movable, Writable):
    var s: String
    var xs: List[Int]

@fieldwise_init
struct Out(Copyable, Movable, Writable, Equatable):
    var a: Int
    var b: Bool
    var t: Tuple[Int, Float64]

@fieldwise_init
struct Deep(Copyable, Movable, Writable):
    var i: In
    var f: Float32
    var u: UInt8

struct Cmp(Copyable, Movable, Comparable):
    var k: Int
    def __init__(out self, k: Int):
        self.k = k
    def __lt__(self, other: Self) -> Bool:
        return self.k < other.k
    def __eq__(self, other: Self) -> Bool:
        return self.k == other.k

def main():
    print(In("q", [1, 2]))
    print(Out(1, True, (2, 3.5)), Out(1, True, (2, 3.5)) == Out(1, True, (2, 3.5)), Out(1, True, (2, 3.5)) != Out(1, False, (2, 3.5)))
    print(Deep(In("z", List[Int]()), 1.5, 7))
    print(Cmp(1) < Cmp(2), Cmp(1) > Cmp(2), Cmp(1) <= Cmp(1), Cmp(1) >= Cmp(2), Cmp(1) != Cmp(1))
    print(String(In("a", [3])), String(1, "x", 2.5))
    print((1, "a", (2.5, True)))
