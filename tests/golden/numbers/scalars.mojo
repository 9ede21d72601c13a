comptime F = Scalar[DType.float32]
comptime Word = Scalar[DType.uint32]


def mix(h: UInt32, x: UInt32) -> UInt32:
    return (h ^ x) * 16777619


def main():
    var x: F = 1.5
    var w: Word = 0xDEADBEEF
    print(x, w, x.cast[DType.int32](), w.cast[DType.uint8](), x.dtype, w.dtype)
    var h: UInt32 = 2166136261
    for i in range(10):
        h = mix(h, UInt32(i))
    print(h)
    print(Float32(w), Float64(w), Int(w), F(3) / 2)
    print(x.__add__(1), x.__lt__(2), Int(7).__floordiv__(2), Int(-7).__mod__(3), Int(2).__pow__(5))
    print(Int(12).__and__(10), Int(1).__lshift__(4), Int(5).__xor__(1))
    print(Float64(3.7).__int__(), Int(3).__bool__(), Int(0).__bool__(), Float64(2.5).__round__())
    print(Float64(2.5).__ceil__(), Float64(-2.5).__trunc__(), Int(-3).__abs__(), Int(3).__neg__())
    print(x[0], len(x))
    x[0] = 2.5
    print(x, x == 2.5, x.eq(2.5), x != 2.5)
