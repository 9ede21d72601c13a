"""Builtin functions of numbers and vectors, and the operators that are more than an instruction."""


def _bits_of(x: Float64) -> UInt64:
    """The bits of x; every NaN gives the same."""
    return __intrinsic_bitcast(x)


def _float_of_bits(bits: UInt64) -> Float64:
    return __intrinsic_bitcast(bits)


def _bits_of(x: Float32) -> UInt32:
    return __intrinsic_bitcast(x)


def _mul_high(left: UInt64, right: UInt64) -> UInt64:
    """The upper half of the 128-bit product."""
    return UInt64(__intrinsic_mul_high_u64(UInt(left), UInt(right)))


def abs[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """Of integers, the lowest one has no positive counterpart and stays."""
    comptime if dt.is_floating_point():
        return __intrinsic_abs(x)
    elif dt.is_unsigned() or dt == DType.bool:
        return x
    else:
        return __select(__compare["<"](x, SIMD[dt, n](0)), -x, x)


# The smaller or larger of two numbers, never a NaN if one of them is a number; of equal ones the first.


def min[dt: DType, n: SIMDLength](left: SIMD[dt, n], right: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime if dt.is_floating_point():
        return __select(__compare["<"](right, left) | __compare["!="](left, left), right, left)
    elif dt == DType.bool:
        return left & right
    else:
        return __select(__compare["<"](right, left), right, left)


def max[dt: DType, n: SIMDLength](left: SIMD[dt, n], right: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime if dt.is_floating_point():
        return __select(__compare[">"](right, left) | __compare["!="](left, left), right, left)
    elif dt == DType.bool:
        return left | right
    else:
        return __select(__compare[">"](right, left), right, left)


def abs[T: Absable](x: T) -> T:
    return x.__abs__()


def min[T: Copyable](left: T, right: T) -> T:
    if right < left:
        return right.copy()
    return left.copy()


def max[T: Copyable](left: T, right: T) -> T:
    if right > left:
        return right.copy()
    return left.copy()


def min[T: Copyable](first: T, second: T, third: T) -> T:
    return min(min(first, second), third)


def max[T: Copyable](first: T, second: T, third: T) -> T:
    return max(max(first, second), third)


def round[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    """To the nearest whole number, ties to even."""
    comptime if dt.is_floating_point():
        return __intrinsic_round_even(x)
    else:
        return x


def round(x: Float64, places: Int) -> Float64:
    """To a number of decimal places, as Mojo does: by scaling."""
    var scale = _pow(10.0, places)
    return __intrinsic_round_even(x * scale) / scale


def divmod[
    dt: DType, n: SIMDLength
](left: SIMD[dt, n], right: SIMD[dt, n]) -> Tuple[SIMD[dt, n], SIMD[dt, n]]:
    return (left // right, left % right)


# x // y and x % y on floats are floor(x / y) and what that leaves, as in Mojo, not the exact remainder.


def _floor_div[dt: DType, n: SIMDLength](x: SIMD[dt, n], y: SIMD[dt, n]) -> SIMD[dt, n]:
    return __intrinsic_floor(x / y)


def _mod[dt: DType, n: SIMDLength](x: SIMD[dt, n], y: SIMD[dt, n]) -> SIMD[dt, n]:
    return x - __intrinsic_floor(x / y) * y


def _floor[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime if dt.is_floating_point():
        return __intrinsic_floor(x)
    else:
        return x


def _ceil[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime if dt.is_floating_point():
        return __intrinsic_ceil(x)
    else:
        return x


def _trunc[dt: DType, n: SIMDLength](x: SIMD[dt, n]) -> SIMD[dt, n]:
    comptime if dt.is_floating_point():
        return __intrinsic_trunc(x)
    else:
        return x


struct FloatLiteral:
    """What floating point literals are before they have a type of the machine; only its constants have names."""

    comptime nan: Float64 = _float_of_bits(0x7FF8000000000000)
    comptime infinity: Float64 = _float_of_bits(0x7FF0000000000000)
    comptime negative_infinity: Float64 = _float_of_bits(0xFFF0000000000000)
    comptime negative_zero: Float64 = _float_of_bits(0x8000000000000000)
