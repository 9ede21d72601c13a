def scaled[dt: DType](x: Scalar[dt]) -> Scalar[dt]:
    return x * 2 + 1


def summed[dt: DType, n: SIMDLength](v: SIMD[dt, n]) -> Scalar[dt]:
    return v.reduce_add()


def kind[dt: DType]() -> String:
    comptime if dt == DType.float32:
        return "single"
    elif dt.is_floating_point():
        return "double"
    elif dt.is_integral() and dt.is_signed():
        return "signed"
    elif dt.is_unsigned():
        return "unsigned"
    else:
        return "bool"


@fieldwise_init
struct Pair[dt: DType](ImplicitlyCopyable):
    var a: Scalar[Self.dt]
    var b: Scalar[Self.dt]

    def sum(self) -> Scalar[Self.dt]:
        return self.a + self.b

    def both(self) -> SIMD[Self.dt, 2]:
        return SIMD[Self.dt, 2](self.a, self.b)


def main():
    print(scaled(Float32(1.5)), scaled(3), scaled(UInt8(200)))
    print(summed(SIMD[DType.int32, 4](1, 2, 3, 4)), summed(Float64(2.5)))
    print(kind[DType.float32](), kind[DType.float64](), kind[DType.int](), kind[DType.uint16](), kind[DType.bool]())
    print(Pair[DType.float64](1, 2).sum(), Pair(Int32(3), Int32(4)).both())
    comptime width = 4
    comptime dt = DType.float32
    var v = SIMD[dt, width](1)
    var w: SIMD[dt, width * 2] = v.join(v)
    print(v, w, v.dtype, w.dtype == DType.float32)
    comptime F = Scalar[dt]
    var f: F = 1.25
    print(f)
