def plus_one(v: SIMD) -> SIMD[v.dtype, v.length]:
    return v + 1


def total(v: SIMD[DType.float32, _]) -> Float32:
    return v.reduce_add()


def twice(x: Scalar) -> Scalar[x.dtype]:
    return x * 2


def first[n: SIMDLength](v: SIMD[_, n]) -> String:
    return String(v.dtype) + String(Int(n))


def main():
    var v = SIMD[DType.float32, 4](1)
    print(plus_one(v), plus_one(3), plus_one(SIMD[DType.uint8, 2](255)))
    print(total(v), total(Float32(2)))
    print(twice(Int8(100)), twice(1.5))
    print(first(v), first(UInt16(1)))
    print(repr(v), repr(Float32(1.5)), repr(DType.float64), repr(3), repr(Int64(4)), repr(UInt8(5)))
    print(repr(SIMD[DType.bool, 2](True, False)))
