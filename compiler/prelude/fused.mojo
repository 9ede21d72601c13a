"""x * y + z, rounded once: WebAssembly has no such instruction.

Float64 does it in integers: the product has 106 bits, the sum at most 128, of which those below the last place that
can matter are kept as one sticky bit. Float32 does it in Float64, where the product is exact and the sum is rounded
to odd, so that the second rounding is the only one.
"""


def _fma[
    dt: DType, n: SIMDLength
](x: SIMD[dt, n], y: SIMD[dt, n], z: SIMD[dt, n]) -> SIMD[dt, n]:
    var result = z
    for i in range(n):
        result[i] = _fma_one(x[i], y[i], z[i])
    return result


def _fma_one(x: Float32, y: Float32, z: Float32) -> Float32:
    var product = Float64(x) * Float64(y)
    var addend = Float64(z)
    var sum = product + addend
    var bits = _bits_of(sum)
    if (bits >> 52) & 0x7FF == 0x7FF or bits & 1 == 1:
        return Float32(sum)
    var taken = sum - product
    var lost = (product - (sum - taken)) + (addend - taken)
    if lost != 0.0:
        var away = (lost > 0.0) == (sum > 0.0)
        sum = _float_of_bits(bits + 1 if away else bits - 1)
    return Float32(sum)


@fieldwise_init
struct _Scaled(Copyable, Movable):
    """significand * 2**power with 53 bits, and a sign."""

    var significand: UInt64
    var power: Int
    var is_negative: Bool


def _scaled(x: Float64) -> _Scaled:
    """x is finite and not 0."""
    var bits = _bits_of(x)
    var power = Int((bits >> 52) & 0x7FF) - 1075
    var significand = bits & 0xFFFFFFFFFFFFF
    if power == -1075:
        var missing = Int(__intrinsic_leading_zeros(significand)) - 11
        significand = significand << UInt64(missing)
        power = -1074 - missing
    else:
        significand = significand | 0x10000000000000
    return _Scaled(significand, power, (bits >> 63) != 0)


def _is_finite(x: Float64) -> Bool:
    return x - x == 0.0


def _sticky_right(high: UInt64, low: UInt64, count: Int) -> Tuple[UInt64, UInt64]:
    """Both words shifted right by count > 0; a bit that falls out leaves a one in the last place."""
    if count >= 128:
        return (UInt64(0), UInt64(1))
    if count > 64:
        var lost = low != 0 or (high << UInt64(128 - count)) != 0
        return (UInt64(0), (high >> UInt64(count - 64)) | UInt64(lost))
    if count == 64:
        return (UInt64(0), high | UInt64(low != 0))
    var lost = (low << UInt64(64 - count)) != 0
    var shifted = (low >> UInt64(count)) | (high << UInt64(64 - count)) | UInt64(lost)
    return (high >> UInt64(count), shifted)


def _fma_one(x: Float64, y: Float64, z: Float64) -> Float64:
    if not (_is_finite(x) and _is_finite(y) and _is_finite(z)) or x == 0.0 or y == 0.0:
        return z if _is_finite(x) and _is_finite(y) and not _is_finite(z) else x * y + z
    var a = _scaled(x)
    var b = _scaled(y)
    var is_negative = a.is_negative != b.is_negative
    # The product has 105 or 106 bits; moved up by 20 it has its top bit at place 124 or 125 of 128.
    var left = a.significand << 10
    var right = b.significand << 10
    var high = _mul_high(left, right)
    var low = left * right
    var power = a.power + b.power - 20
    if z != 0.0:
        var c = _scaled(z)
        # The addend at the same height: its top bit at place 124.
        var other_high = c.significand << 8
        var other_low: UInt64 = 0
        var other_power = c.power - 72
        if power > other_power:
            var moved = _sticky_right(other_high, other_low, power - other_power)
            other_high = moved[0]
            other_low = moved[1]
        elif power < other_power:
            var moved = _sticky_right(high, low, other_power - power)
            high = moved[0]
            low = moved[1]
            power = other_power
        if c.is_negative == is_negative:
            var sum = low + other_low
            high = high + other_high + UInt64(sum < low)
            low = sum
        else:
            if high < other_high or (high == other_high and low < other_low):
                var swapped_high = high
                var swapped_low = low
                high = other_high
                low = other_low
                other_high = swapped_high
                other_low = swapped_low
                is_negative = c.is_negative
            high = high - other_high - UInt64(low < other_low)
            low = low - other_low
    if high == 0 and low == 0:
        return 0.0
    return _rounded(high, low, power, is_negative)


def _rounded(high: UInt64, low: UInt64, power: Int, is_negative: Bool) -> Float64:
    """(high * 2**64 + low) * 2**power to the nearest, ties to even; not 0."""
    var top = high
    var exponent = power + 64
    var rest = low
    if top == 0:
        top = low
        rest = 0
        exponent = power
    var zeros = Int(__intrinsic_leading_zeros(top))
    if zeros > 0:
        top = (top << UInt64(zeros)) | (rest >> UInt64(64 - zeros))
        rest = rest << UInt64(zeros)
    exponent -= zeros
    top = top | UInt64(rest != 0)
    # 53 bits stay, fewer below the least normal number.
    var dropped = 11
    if exponent + 63 < -1022:
        dropped += -1022 - (exponent + 63)
    if dropped > 64:
        return -0.0 if is_negative else 0.0
    var kept: UInt64 = 0
    var fraction = top
    if dropped < 64:
        kept = top >> UInt64(dropped)
        fraction = top << UInt64(64 - dropped)
    var half: UInt64 = 0x8000000000000000
    if fraction > half or (fraction == half and kept & 1 == 1):
        kept += 1
    var result = Float64(kept)
    var scale = exponent + dropped
    if scale > 900:
        if scale > 1000:
            result = result * _power_of_two(1000)
            scale = 100 if scale > 1100 else scale - 1000
    elif scale < -900:
        result = result * _power_of_two(-900)
        scale += 900
    result = result * _power_of_two(scale)
    return -result if is_negative else result
