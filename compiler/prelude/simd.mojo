"""What numbers and vectors can do: `SIMD[dtype, 1]` is the number itself. The operators are the compiler's."""


struct SIMD[dtype: DType, length: SIMDLength]:
    # Conversions

    def cast[target: DType](self) -> SIMD[target, Self.length]:
        return SIMD[target, Self.length](self)

    def __int__(self) -> Int:
        return Int(self)

    def __float__(self) -> Float64:
        return Float64(self)

    def __bool__(self) -> Bool:
        return Bool(self)

    def __len__(self) -> Int:
        return Self.length

    def __index__(self) -> Int:
        return Int(self)

    # Operators as methods

    def __add__(self, other: Self) -> Self:
        return self + other

    def __sub__(self, other: Self) -> Self:
        return self - other

    def __mul__(self, other: Self) -> Self:
        return self * other

    def __truediv__(self, other: Self) -> Self:
        return self / other

    def __floordiv__(self, other: Self) -> Self:
        return self // other

    def __mod__(self, other: Self) -> Self:
        return self % other

    def __pow__(self, exponent: Int) -> Self:
        return self**exponent

    def __neg__(self) -> Self:
        return -self

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return abs(self)

    def __and__(self, other: Self) -> Self:
        return self & other

    def __or__(self, other: Self) -> Self:
        return self | other

    def __xor__(self, other: Self) -> Self:
        return self ^ other

    def __invert__(self) -> Self:
        return ~self

    def __lshift__(self, other: Self) -> Self:
        return self << other

    def __rshift__(self, other: Self) -> Self:
        return self >> other

    def __radd__(self, other: Self) -> Self:
        return other + self

    def __rsub__(self, other: Self) -> Self:
        return other - self

    def __rmul__(self, other: Self) -> Self:
        return other * self

    def __rtruediv__(self, other: Self) -> Self:
        return other / self

    def __rfloordiv__(self, other: Self) -> Self:
        return other // self

    def __rmod__(self, other: Self) -> Self:
        return other % self

    def __rand__(self, other: Self) -> Self:
        return other & self

    def __ror__(self, other: Self) -> Self:
        return other | self

    def __rxor__(self, other: Self) -> Self:
        return other ^ self

    def __rlshift__(self, other: Self) -> Self:
        return other << self

    def __rrshift__(self, other: Self) -> Self:
        return other >> self

    def __rpow__(self, base: Self) -> Self:
        return base ** Int(self)

    def __divmod__(self, other: Self) -> Tuple[Self, Self]:
        return self // other, self % other

    def __eq__(self, other: Self) -> Bool:
        return self == other

    def __ne__(self, other: Self) -> Bool:
        return self != other

    def __lt__(self, other: Self) -> Bool:
        return self < other

    def __le__(self, other: Self) -> Bool:
        return self <= other

    def __gt__(self, other: Self) -> Bool:
        return self > other

    def __ge__(self, other: Self) -> Bool:
        return self >= other

    def __iadd__(mut self, other: Self):
        self = self + other

    def __isub__(mut self, other: Self):
        self = self - other

    def __imul__(mut self, other: Self):
        self = self * other

    def __itruediv__(mut self, other: Self):
        self = self / other

    def __ifloordiv__(mut self, other: Self):
        self = self // other

    def __imod__(mut self, other: Self):
        self = self % other

    def __ipow__(mut self, other: Int):
        self = self ** other

    def __iand__(mut self, other: Self):
        self = self & other

    def __ior__(mut self, other: Self):
        self = self | other

    def __ixor__(mut self, other: Self):
        self = self ^ other

    def __ilshift__(mut self, other: Self):
        self = self << other

    def __irshift__(mut self, other: Self):
        self = self >> other

    def __getitem__(self, index: Int) -> Scalar[Self.dtype]:
        return self[index]

    def __setitem__(mut self, index: Int, value: Scalar[Self.dtype]):
        comptime if Self.length == 1:
            self = SIMD[Self.dtype, Self.length](value)
        else:
            self[index] = value

    def __round__(self) -> Self:
        return round(self)

    def __round__(self, digits: Int) -> Self:
        return round(self, digits)

    def __floor__(self) -> Self:
        return _floor(self)

    def __ceil__(self) -> Self:
        return _ceil(self)

    def __trunc__(self) -> Self:
        return _trunc(self)

    # Comparisons lane by lane

    def eq(self, other: Self) -> SIMD[DType.bool, Self.length]:
        return __compare["=="](self, other)

    def ne(self, other: Self) -> SIMD[DType.bool, Self.length]:
        return __compare["!="](self, other)

    def lt(self, other: Self) -> SIMD[DType.bool, Self.length]:
        return __compare["<"](self, other)

    def le(self, other: Self) -> SIMD[DType.bool, Self.length]:
        return __compare["<="](self, other)

    def gt(self, other: Self) -> SIMD[DType.bool, Self.length]:
        return __compare[">"](self, other)

    def ge(self, other: Self) -> SIMD[DType.bool, Self.length]:
        return __compare[">="](self, other)

    def select[
        other: DType
    ](self, true_case: SIMD[other, Self.length], false_case: SIMD[other, Self.length]) -> SIMD[
        other, Self.length
    ]:
        return __select(self, true_case, false_case)

    # Arithmetic

    def fma(self, multiplier: Self, accumulator: Self) -> Self:
        comptime if Self.dtype.is_integral():
            return self * multiplier + accumulator
        else:
            return _fma(self, multiplier, accumulator)

    def clamp(self, lower_bound: Self, upper_bound: Self) -> Self:
        return max(min(self, upper_bound), lower_bound)

    def is_power_of_two(self) -> SIMD[DType.bool, Self.length]:
        return self.gt(0) & (self & (self - 1)).eq(0)

    # Lanes

    def slice[width: SIMDLength, /, *, offset: Int = 0](self) -> SIMD[Self.dtype, width]:
        return __shuffle["slice", width, offset](self, self)

    def join(self, other: Self) -> SIMD[Self.dtype, 2 * Self.length]:
        return __shuffle["join"](self, other)

    def interleave(self, other: Self) -> SIMD[Self.dtype, 2 * Self.length]:
        return __shuffle["interleave"](self, other)

    def deinterleave(
        self,
    ) -> Tuple[SIMD[Self.dtype, Self.length // 2], SIMD[Self.dtype, Self.length // 2]]:
        return (
            __shuffle["deinterleave", 0](self, self),
            __shuffle["deinterleave", 1](self, self),
        )

    def split(
        self,
    ) -> Tuple[SIMD[Self.dtype, Self.length // 2], SIMD[Self.dtype, Self.length // 2]]:
        return (
            __shuffle["slice", Self.length // 2, 0](self, self),
            __shuffle["slice", Self.length // 2, Self.length // 2](self, self),
        )

    def reversed(self) -> Self:
        return __shuffle["reverse"](self, self)

    def rotate_left[shift: Int](self) -> Self:
        return __shuffle["rotate", shift](self, self)

    def rotate_right[shift: Int](self) -> Self:
        return __shuffle["rotate", -shift](self, self)

    def shift_left[shift: Int](self) -> Self:
        return __shuffle["shift", shift](self, Self())

    def shift_right[shift: Int](self) -> Self:
        return __shuffle["shift", -shift](self, Self())

    # Reductions: the upper half of the lanes meets the lower, until one is left; `size_out` lanes may be kept.

    def _low(self) -> SIMD[Self.dtype, Self.length // 2]:
        return __shuffle["slice", Self.length // 2, 0](self, self)

    def _high(self) -> SIMD[Self.dtype, Self.length // 2]:
        return __shuffle["slice", Self.length // 2, Self.length // 2](self, self)

    def reduce_add[size_out: SIMDLength = 1](self) -> SIMD[Self.dtype, size_out]:
        comptime if Self.length == size_out:
            return self
        else:
            return (self._low() + self._high()).reduce_add[size_out]()

    def reduce_mul[size_out: SIMDLength = 1](self) -> SIMD[Self.dtype, size_out]:
        comptime if Self.length == size_out:
            return self
        else:
            return (self._low() * self._high()).reduce_mul[size_out]()

    def reduce_min[size_out: SIMDLength = 1](self) -> SIMD[Self.dtype, size_out]:
        comptime if Self.length == size_out:
            return self
        else:
            return min(self._low(), self._high()).reduce_min[size_out]()

    def reduce_max[size_out: SIMDLength = 1](self) -> SIMD[Self.dtype, size_out]:
        comptime if Self.length == size_out:
            return self
        else:
            return max(self._low(), self._high()).reduce_max[size_out]()

    def reduce_and[size_out: SIMDLength = 1](self) -> SIMD[Self.dtype, size_out]:
        comptime if Self.length == size_out:
            return self
        else:
            return (self._low() & self._high()).reduce_and[size_out]()

    def reduce_or[size_out: SIMDLength = 1](self) -> SIMD[Self.dtype, size_out]:
        comptime if Self.length == size_out:
            return self
        else:
            return (self._low() | self._high()).reduce_or[size_out]()

    def reduce_bit_count(self) -> Int:
        """How many bits are set in all lanes; True counts as one."""
        comptime if Self.dtype == DType.bool:
            return self.cast[DType.int]().reduce_add()
        else:
            return __intrinsic_count_ones(self).cast[DType.int]().reduce_add()

    # Bits

    def to_bits[target: DType](self) -> SIMD[target, Self.length]:
        return __intrinsic_bitcast[SIMD[target, Self.length]](self)

    @staticmethod
    def from_bits[source: DType](bits: SIMD[source, Self.length]) -> Self:
        return __intrinsic_bitcast[Self](bits)
