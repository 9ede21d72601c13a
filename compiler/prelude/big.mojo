"""Unbounded naturals, for exact conversions between binary and decimal floating point."""


struct _Big(Copyable, Movable):
    var limbs: List[UInt64]
    """32 bits each, least significant first, without leading zeros."""

    def __init__(out self, value: UInt64):
        self.limbs = List[UInt64](capacity=40)
        self.limbs.append(value & 0xFFFFFFFF)
        self.limbs.append(value >> 32)
        self._trim()

    def copy(self) -> Self:
        return __copy(self)

    def _trim(mut self):
        while self.limbs.length > 0 and self.limbs.data[self.limbs.length - 1] == 0:
            self.limbs.length -= 1

    def scale(mut self, factor: UInt64, addend: UInt64):
        """self * factor + addend, both below 2**32."""
        var carry = addend
        for i in range(self.limbs.length):
            carry += self.limbs.data[i] * factor
            self.limbs.data[i] = carry & 0xFFFFFFFF
            carry = carry >> 32
        if carry != 0:
            self.limbs.append(carry)

    def scale_by_power_of_ten(mut self, exponent: Int):
        for _ in range(exponent // 9):
            self.scale(1000000000, 0)
        for _ in range(exponent % 9):
            self.scale(10, 0)

    def shift_left(mut self, bits: Int):
        var words = bits // 32
        if words > 0 and self.limbs.length > 0:
            var shifted = List[UInt64](length=words, fill=0)
            for i in range(self.limbs.length):
                shifted.append(self.limbs.data[i])
            self.limbs = shifted^
        self.scale(UInt64(1) << UInt64(bits % 32), 0)

    def bit_length(self) -> Int:
        if self.limbs.length == 0:
            return 0
        var top = self.limbs.data[self.limbs.length - 1]
        return 32 * self.limbs.length - (Int(__intrinsic_leading_zeros(top)) - 32)

    def compare(self, other: _Big) -> Int:
        """-1, 0 or 1."""
        if self.limbs.length != other.limbs.length:
            return -1 if self.limbs.length < other.limbs.length else 1
        for i in range(self.limbs.length - 1, -1, -1):
            if self.limbs.data[i] != other.limbs.data[i]:
                return -1 if self.limbs.data[i] < other.limbs.data[i] else 1
        return 0

    def compare_sum(self, addend: _Big, other: _Big) -> Int:
        """Compare self + addend with other."""
        var total = self.copy()
        total.add(addend)
        return total.compare(other)

    def add(mut self, other: _Big):
        while self.limbs.length < other.limbs.length:
            self.limbs.append(0)
        var carry: UInt64 = 0
        for i in range(self.limbs.length):
            carry += self.limbs.data[i]
            if i < other.limbs.length:
                carry += other.limbs.data[i]
            self.limbs.data[i] = carry & 0xFFFFFFFF
            carry = carry >> 32
        if carry != 0:
            self.limbs.append(carry)

    def subtract(mut self, other: _Big):
        """self - other; self >= other."""
        var borrow: UInt64 = 0
        for i in range(self.limbs.length):
            var taken = borrow
            if i < other.limbs.length:
                taken += other.limbs.data[i]
            var difference = self.limbs.data[i] - taken
            borrow = (difference >> 32) & 1
            self.limbs.data[i] = difference & 0xFFFFFFFF
        self._trim()
