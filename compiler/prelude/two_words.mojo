"""UInt128 and Int128: two words each, since the machine's numbers end at 64 bits. They wrap as all integers do."""

comptime UInt128 = _TwoWords[False]
comptime Int128 = _TwoWords[True]

comptime _LOW_WORD_HALF = UInt64(0xFFFFFFFF)


struct _TwoWords[is_signed: Bool](
    ImplicitlyCopyable, Movable, Writable, Equatable, Comparable, Hashable, Defaultable, Absable, Boolable, Intable
):
    var _low: UInt64
    var _high: UInt64

    comptime MAX = Self(_low=~UInt64(0), _high=~UInt64(0) >> (1 if Self.is_signed else 0))
    comptime MIN = Self(_low=UInt64(0), _high=UInt64(1) << 63 if Self.is_signed else UInt64(0))

    def __init__(out self):
        self._low = 0
        self._high = 0

    def __init__(out self, *, _low: UInt64, _high: UInt64):
        self._low = _low
        self._high = _high

    def __init__[other: Bool](out self, value: _TwoWords[other]):
        self._low = value._low
        self._high = value._high

    def __init__(out self, value: Bool):
        self._low = UInt64(value)
        self._high = 0

    def __init__[dt: DType](out self, value: Scalar[dt]):
        comptime if dt.is_floating_point():
            self = Self._of_float(Float64(value))
        elif dt.is_signed():
            self._low = UInt64(value)
            self._high = UInt64(Int64(value) >> 63)
        else:
            self._low = UInt64(value)
            self._high = 0

    @staticmethod
    def _of_float(value: Float64) -> Self:
        """Without its fraction; what does not fit is cut off."""
        if value < 0:
            return -Self._of_float(-value)
        if value < 18446744073709551616.0:
            return Self(UInt64(value))
        var high = UInt64(value / 18446744073709551616.0)
        return Self(_low=UInt64(value - Float64(high) * 18446744073709551616.0), _high=high)

    def copy(self) -> Self:
        return self

    def _is_negative(self) -> Bool:
        comptime if Self.is_signed:
            return (self._high >> 63) != 0
        return False

    def _magnitude(self) -> UInt128:
        var plain = UInt128(_low=self._low, _high=self._high)
        return -plain if self._is_negative() else plain

    # -- conversions

    def cast[target: DType](self) -> Scalar[target]:
        comptime if target.is_floating_point():
            return Scalar[target](self.__float__())
        return Scalar[target](self._low)

    def __int__(self) -> Int:
        return Int(self._low)

    def __float__(self) -> Float64:
        """The nearest one, ties to even."""
        var size = self._magnitude()
        var found = Float64(size._low)
        if size._high != 0:
            var shift = UInt64(64) - __intrinsic_leading_zeros(size._high)
            var kept = size >> shift
            var lost = (size & ((UInt128(_low=1, _high=0) << shift) - UInt128(_low=1, _high=0)))._low
            # A one below the last bit says that something was cut off there.
            found = Float64(kept._low | UInt64(lost != 0))
            for _ in range(Int(shift)):
                found *= 2.0
        return -found if self._is_negative() else found

    def __bool__(self) -> Bool:
        return (self._low | self._high) != 0

    # -- comparisons

    def __eq__(self, other: Self) -> Bool:
        return self._low == other._low and self._high == other._high

    def __ne__(self, other: Self) -> Bool:
        return not (self == other)

    def __lt__(self, other: Self) -> Bool:
        if self._high == other._high:
            return self._low < other._low
        comptime if Self.is_signed:
            return Int64(self._high) < Int64(other._high)
        return self._high < other._high

    def __le__(self, other: Self) -> Bool:
        return not (other < self)

    def __gt__(self, other: Self) -> Bool:
        return other < self

    def __ge__(self, other: Self) -> Bool:
        return not (self < other)

    # -- bits

    def __invert__(self) -> Self:
        return Self(_low=~self._low, _high=~self._high)

    def __and__(self, other: Self) -> Self:
        return Self(_low=self._low & other._low, _high=self._high & other._high)

    def __or__(self, other: Self) -> Self:
        return Self(_low=self._low | other._low, _high=self._high | other._high)

    def __xor__(self, other: Self) -> Self:
        return Self(_low=self._low ^ other._low, _high=self._high ^ other._high)

    def __lshift__(self, count: Self) -> Self:
        """By the count's last seven bits."""
        var bits = count._low & 127
        if bits == 0:
            return self
        if bits >= 64:
            return Self(_low=0, _high=self._low << (bits - 64))
        return Self(_low=self._low << bits, _high=(self._high << bits) | (self._low >> (64 - bits)))

    def __lshift__[dt: DType](self, count: Scalar[dt]) -> Self:
        return self << Self(_low=UInt64(count), _high=0)

    def __rshift__(self, count: Self) -> Self:
        var bits = count._low & 127
        if bits == 0:
            return self
        var above = UInt64(0) - UInt64(self._is_negative())
        if bits == 64:
            return Self(_low=self._high, _high=above)
        if bits > 64:
            return Self(_low=(self._high >> (bits - 64)) | (above << (128 - bits)), _high=above)
        return Self(
            _low=(self._low >> bits) | (self._high << (64 - bits)),
            _high=(self._high >> bits) | (above << (64 - bits)),
        )

    def __rshift__[dt: DType](self, count: Scalar[dt]) -> Self:
        return self >> Self(_low=UInt64(count), _high=0)

    # -- arithmetic

    def __neg__(self) -> Self:
        return Self(_low=UInt64(0) - self._low, _high=~self._high + UInt64(self._low == 0))

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return -self if self._is_negative() else self

    def __add__(self, other: Self) -> Self:
        var low = self._low + other._low
        return Self(_low=low, _high=self._high + other._high + UInt64(low < self._low))

    def __sub__(self, other: Self) -> Self:
        var borrow = UInt64(self._low < other._low)
        return Self(_low=self._low - other._low, _high=self._high - other._high - borrow)

    def __mul__(self, other: Self) -> Self:
        var low = _words_product(self._low, other._low)
        var high = low._high + self._low * other._high + self._high * other._low
        return Self(_low=low._low, _high=high)

    def __truediv__(self, other: Self) -> Self:
        """Towards zero; by zero it ends the program."""
        if not other:
            __intrinsic_trap()
        var parts = _words_divide(self._magnitude(), other._magnitude())
        var quotient = Self(parts[0])
        return -quotient if self._is_negative() != other._is_negative() else quotient

    def __floordiv__(self, other: Self) -> Self:
        return self._divided(other)[0]

    def __mod__(self, other: Self) -> Self:
        return self._divided(other)[1]

    def __divmod__(self, other: Self) -> Tuple[Self, Self]:
        return self._divided(other)

    def _divided(self, other: Self) -> Tuple[Self, Self]:
        """Floors; the remainder has the divisor's sign. By zero both are zero."""
        if not other:
            return (Self(), Self())
        var parts = _words_divide(self._magnitude(), other._magnitude())
        var quotient = Self(parts[0])
        var rest = Self(parts[1])
        if self._is_negative():
            rest = -rest
        if self._is_negative() != other._is_negative():
            quotient = -quotient
            if rest:
                quotient -= Self(_low=1, _high=0)
                rest += other
        return (quotient, rest)

    def __pow__(self, exponent: Int) -> Self:
        var result = Self(_low=1, _high=0)
        var base = self
        var left = exponent
        while left > 0:
            if left & 1 == 1:
                result *= base
            base *= base
            left >>= 1
        return result

    def __pow__(self, exponent: Self) -> Self:
        return self ** Int(exponent)

    # -- with the number on the other side, and in place

    def __radd__(self, other: Self) -> Self:
        return other + self

    def __rsub__(self, other: Self) -> Self:
        return other - self

    def __rmul__(self, other: Self) -> Self:
        return other * self

    def __rfloordiv__(self, other: Self) -> Self:
        return other // self

    def __rmod__(self, other: Self) -> Self:
        return other % self

    def __rlshift__(self, other: Self) -> Self:
        return other << self

    def __rand__(self, other: Self) -> Self:
        return other & self

    def __ror__(self, other: Self) -> Self:
        return other | self

    def __rxor__(self, other: Self) -> Self:
        return other ^ self

    def __iadd__(mut self, other: Self):
        self = self + other

    def __isub__(mut self, other: Self):
        self = self - other

    def __imul__(mut self, other: Self):
        self = self * other


def _words_product(left: UInt64, right: UInt64) -> UInt128:
    """All bits of the product."""
    var a = left & _LOW_WORD_HALF
    var b = left >> 32
    var c = right & _LOW_WORD_HALF
    var d = right >> 32
    var low = a * c
    var middle = a * d + (low >> 32)
    var other = b * c + (middle & _LOW_WORD_HALF)
    return UInt128(_low=(other << 32) | (low & _LOW_WORD_HALF), _high=b * d + (middle >> 32) + (other >> 32))


def _words_divide(left: UInt128, right: UInt128) -> Tuple[UInt128, UInt128]:
    """Quotient and remainder; the divisor is not zero."""
    if left < right:
        return (UInt128(), left)
    if left._high == 0:
        return (UInt128(left._low // right._low), UInt128(left._low % right._low))
    if right._high == 0 and right._low <= _LOW_WORD_HALF:
        return _words_divide_shortly(left, right._low)
    var divisor = right
    var steps = _words_zeros(right) - _words_zeros(left)
    divisor = divisor << steps
    var rest = left
    var quotient = UInt128()
    for _ in range(Int(steps) + 1):
        quotient = quotient << UInt64(1)
        if rest >= divisor:
            rest = rest - divisor
            quotient._low |= 1
        divisor = divisor >> UInt64(1)
    return (quotient, rest)


def _words_divide_shortly(left: UInt128, divisor: UInt64) -> Tuple[UInt128, UInt128]:
    """By half a word: each step divides a word whose upper half is the last remainder."""
    var high = left._high // divisor
    var upper = ((left._high % divisor) << 32) | (left._low >> 32)
    var lower = ((upper % divisor) << 32) | (left._low & _LOW_WORD_HALF)
    var low = ((upper // divisor) << 32) | (lower // divisor)
    return (UInt128(_low=low, _high=high), UInt128(lower % divisor))


def _words_zeros(value: UInt128) -> UInt64:
    """How many bits above the first one."""
    if value._high != 0:
        return __intrinsic_leading_zeros(value._high)
    return UInt64(64) + __intrinsic_leading_zeros(value._low)


def _write[is_signed: Bool](mut out: String, value: _TwoWords[is_signed]):
    if value._is_negative():
        out += "-"
    _write_words(out, value._magnitude())


def _write_words(mut out: String, value: UInt128):
    """In groups of nine digits."""
    var parts = _words_divide_shortly(value, 1000000000)
    if not parts[0]:
        _write(out, parts[1]._low)
        return
    _write_words(out, parts[0])
    var digits = String()
    _write(digits, parts[1]._low)
    for _ in range(9 - digits.byte_length()):
        out += "0"
    out += digits


def _write_repr[is_signed: Bool](mut out: String, value: _TwoWords[is_signed]):
    comptime if is_signed:
        out += "Int128("
    else:
        out += "UInt128("
    _write(out, value)
    out += ")"


def _hash_into[is_signed: Bool](mut hasher: AHasher, value: _TwoWords[is_signed]):
    _hash_into(hasher, value._low)
    _hash_into(hasher, value._high)


def divmod[is_signed: Bool](left: _TwoWords[is_signed], right: _TwoWords[is_signed]) -> Tuple[_TwoWords[is_signed], _TwoWords[is_signed]]:
    return left._divided(right)
