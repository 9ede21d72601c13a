"""Vectors that are computed while the program is compiled: by operators, by functions, within structs and lists."""


@fieldwise_init
struct Weights(Copyable, Movable):
    var left: SIMD[DType.float32, 4]
    var mask: SIMD[DType.bool, 2]


def squares() -> List[Float64]:
    var sums = List[Float64]()
    for i in range(4):
        var v = SIMD[DType.float64, 2](Float64(i), 1)
        sums.append((v * v).reduce_add())
    return sums^


def weights(scale: Int) -> Weights:
    var v = SIMD[DType.float32, 4](0)
    for i in range(4):
        v[i] = Float32(i * scale) / 2
    return Weights(v, SIMD[DType.bool, 2](v[1] < v[2], v[3] < v[2]))


def rotated(v: SIMD[DType.int32, 4]) -> SIMD[DType.int32, 4]:
    return v.shuffle[1, 2, 3, 0]() << 2


comptime STEPS = SIMD[DType.int32, 4](1, 2, 3, 4)
comptime SUM = STEPS.reduce_add()
comptime SHIFTED = STEPS - 2


def main():
    comptime table = squares()
    print(STEPS, SUM)
    print(materialize[table]())
    comptime doubled = STEPS * 2
    print(doubled[1], SHIFTED, rotated(STEPS))
    comptime turned = rotated(STEPS)
    print(turned, turned.eq(STEPS * 4), turned.cast[DType.float64]())
    comptime w = weights(3)
    var here = materialize[w]()
    print(here.left, here.mask)
    comptime if STEPS[2] > 2:
        print("known")
