"""hash: equal values, equal hashes; of numbers, texts, tuples and structs."""


@fieldwise_init
struct Key(Copyable, Movable, Hashable, Equatable):
    var a: Int
    var b: String


def main() raises:
    print(hash(1), hash("a"))
    print(hash(Key(1, "x")) == hash(Key(1, "x")), hash(Key(1, "x")) == hash(Key(2, "x")))
    var d = Dict[Key, Int]()
    d[Key(1, "x")] = 5
    d[Key(1, "y")] = 6
    print(d[Key(1, "x")], Key(2, "x") in d, len(d))
    print(hash((1, "a")) == hash((1, "a")), hash(Optional(3)) == hash(Optional(4)))
    print(hash(String("abc")) == hash("abc"), hash(UInt8(3)) == hash(UInt8(3)), hash(True) == hash(False))
