from std.hash import Hasher

@fieldwise_init
struct P(Copyable, Movable, Hashable, Equatable, ImplicitlyCopyable):
    var x: Int
    var s: String

@fieldwise_init
struct Q(Copyable, Movable, Hashable, Equatable, ImplicitlyCopyable):
    var x: Int
    var y: Int

    def __hash__[H: Hasher](self, mut hasher: H):
        self.y.__hash__(hasher)

def main():
    print(hash(1), hash(0), hash(-1), hash(1 << 40))
    print(hash(Int8(-1)), hash(Int16(-2)), hash(Int32(-3)), hash(Int64(-4)))
    print(hash(UInt8(200)), hash(UInt16(60000)), hash(UInt32(4000000000)), hash(UInt64(1) << 63), hash(UInt(7)))
    print(hash(1.5), hash(0.0), hash(-0.0), hash(Float32(2.5)), hash(True), hash(False))
    var text = String()
    for i in range(40):
        print(i, hash(text))
        text += chr(97 + i % 26)
    print(hash((1, 2)), hash((1, String("a"), 2.5)))
    print(hash(P(1, "x")), hash(Q(1, 2)), hash(2))
    var xs: List[Int] = [1, 2, 3]
    print(hash(xs))
    print(hash(List[String]()))
    print(hash(Optional(5)), hash(Optional[Int](None)))
