# `hash` of the program's structs in dictionaries, `Writable` and `repr` of generic structs.
from std.hash import Hasher


@fieldwise_init
struct Key(Copyable, Equatable, Hashable, Writable):
    var a: Int
    var b: String


@fieldwise_init
struct Own(Copyable, Equatable, Hashable):
    var x: Int
    var cache: Float64

    def __eq__(self, other: Self) -> Bool:
        return self.x == other.x

    def __hash__[H: Hasher](self, mut hasher: H):
        self.x.__hash__(hasher)


@fieldwise_init
struct Pair[A: Copyable & Writable & Deinitable, B: Copyable & Writable & Deinitable](Copyable, Writable):
    var first: Self.A
    var second: Self.B


def main() raises:
    var d = Dict[Key, Int]()
    d[Key(1, "x")] = 5
    d[Key(1, "y")] = 6
    d[Key(1, "x")] += 10
    print(len(d), d[Key(1, "x")], Key(2, "z") in d)
    print(hash(Own(1, 2.0)) == hash(Own(1, 3.0)), hash(Key(1, "a")) == hash(Key(1, "a")))
    print(Pair(1, String("s")))
    print(repr(Pair(1, 2.5)))
    print(Pair(Key(1, "k"), Pair(1, 2)))
