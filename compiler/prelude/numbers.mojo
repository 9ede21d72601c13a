"""Builtin functions of numbers, and the operators that are more than an instruction."""


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


def abs(x: Float64) -> Float64:
    return __intrinsic_abs(x)


def abs(x: Float32) -> Float32:
    return __intrinsic_abs(x)


def abs[T: Copyable](x: T) -> T:
    """Of an integer; the lowest one has no positive counterpart and stays."""
    return -x if x < 0 else x


# The smaller or larger of two numbers, never a NaN if one of them is a number; of equal ones the first.


def min(left: Float64, right: Float64) -> Float64:
    return right if (right < left or left != left) else left


def max(left: Float64, right: Float64) -> Float64:
    return right if (right > left or left != left) else left


def min(left: Float32, right: Float32) -> Float32:
    return right if (right < left or left != left) else left


def max(left: Float32, right: Float32) -> Float32:
    return right if (right > left or left != left) else left


def min[T: Copyable](left: T, right: T) -> T:
    return right if right < left else left


def max[T: Copyable](left: T, right: T) -> T:
    return right if right > left else left


def min[T: Copyable](first: T, second: T, third: T) -> T:
    return min(min(first, second), third)


def max[T: Copyable](first: T, second: T, third: T) -> T:
    return max(max(first, second), third)


def round(x: Float64) -> Float64:
    """To the nearest whole number, ties to even."""
    return __intrinsic_round_even(x)


def round(x: Float32) -> Float32:
    return __intrinsic_round_even(x)


def round(x: Int) -> Int:
    return x


def round(x: Float64, places: Int) -> Float64:
    """To a number of decimal places, as Mojo does: by scaling."""
    var scale = _pow(10.0, places)
    return __intrinsic_round_even(x * scale) / scale


def divmod(left: Int, right: Int) -> Tuple[Int, Int]:
    return (left // right, left % right)


# x // y and x % y on floats are floor(x / y) and what that leaves, as in Mojo, not the exact remainder.


def _floor_div(x: Float64, y: Float64) -> Float64:
    return __intrinsic_floor(x / y)


def _floor_div(x: Float32, y: Float32) -> Float32:
    return __intrinsic_floor(x / y)


def _mod(x: Float64, y: Float64) -> Float64:
    return x - __intrinsic_floor(x / y) * y


def _mod(x: Float32, y: Float32) -> Float32:
    return x - __intrinsic_floor(x / y) * y
