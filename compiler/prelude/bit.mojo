"""std.bit: questions to the bits of integers, lane by lane on vectors."""


def pop_count[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return __intrinsic_count_ones(x)


def count_leading_zeros[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """Zero gives the width."""
    return __intrinsic_leading_zeros(x)


def count_trailing_zeros[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """Zero gives the width."""
    return __intrinsic_trailing_zeros(x)


def bit_reverse[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return __intrinsic_bit_reverse(x)


def byte_swap[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime if __size_of[Scalar[dt]]() == 1:
        return x
    else:
        return __intrinsic_byte_swap(x)


def bit_not[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return ~x


def bit_width[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """How many bits a number needs, the sign left out."""
    comptime bits = 8 * __size_of[Scalar[dt]]()
    comptime if dt.is_unsigned():
        return Scalar[dt](bits) - __intrinsic_leading_zeros(x)
    else:
        var magnitude = __select(__compare["<"](x, SIMD[dt, n](0)), ~x, x)
        return Scalar[dt](bits) - __intrinsic_leading_zeros(magnitude)


def log2_floor[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """The place of the highest one bit."""
    comptime top = 8 * __size_of[Scalar[dt]]() - 1
    return Scalar[dt](top) - __intrinsic_leading_zeros(x)


def log2_ceil[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """The place of the highest one bit of the next power of two; 0 up to 1."""
    var above = __compare[">"](x, SIMD[dt, n](1))
    comptime bits = 8 * __size_of[Scalar[dt]]()
    var places = Scalar[dt](bits) - __intrinsic_leading_zeros(x - 1)
    return __select(above, places, SIMD[dt, n](0))


def next_power_of_two[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """The least power of two that is not below; 1 up to 1."""
    return SIMD[dt, n](1) << log2_ceil(x)


def prev_power_of_two[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """The largest power of two that is not above; 0 up to 0."""
    var above = __compare[">"](x, SIMD[dt, n](0))
    return __select(above, SIMD[dt, n](1) << log2_floor(x), SIMD[dt, n](0))


def rotate_bits_left[
    shift: Int, dt: DType, n: SIMDLength
](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """By a constant number of places; to the right if it is negative."""
    comptime bits = 8 * __size_of[Scalar[dt]]()
    comptime places = shift % bits
    comptime if places == 0:
        return x
    elif dt.is_unsigned():
        return (x << SIMD[dt, n](Scalar[dt](places))) | (x >> SIMD[dt, n](Scalar[dt](bits - places)))
    else:
        var low = x >> SIMD[dt, n](Scalar[dt](bits - places))
        var mask = ~(SIMD[dt, n](-1) << SIMD[dt, n](Scalar[dt](places)))
        return (x << SIMD[dt, n](Scalar[dt](places))) | (low & mask)


def rotate_bits_right[
    shift: Int, dt: DType, n: SIMDLength
](x: SIMD[dt, n]) -> SIMD[dt, n]:
    return rotate_bits_left[-shift](x)
