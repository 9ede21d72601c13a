"""Whole numbers of any size in base 10^9: factorials, powers, Fibonacci numbers, comparison."""


struct Big(Copyable, Movable, Writable, Comparable):
    comptime BASE = 1_000_000_000
    var digits: List[UInt32]

    def __init__(out self, value: Int = 0):
        self.digits = []
        var rest = value
        while rest > 0:
            self.digits.append(UInt32(rest % Self.BASE))
            rest //= Self.BASE

    def __add__(self, other: Self) -> Self:
        var out = Self()
        var carry = 0
        for i in range(max(len(self.digits), len(other.digits))):
            var sum = carry
            if i < len(self.digits):
                sum += Int(self.digits[i])
            if i < len(other.digits):
                sum += Int(other.digits[i])
            out.digits.append(UInt32(sum % Self.BASE))
            carry = sum // Self.BASE
        if carry > 0:
            out.digits.append(UInt32(carry))
        return out^

    def __mul__(self, other: Self) -> Self:
        var out = Self()
        out.digits = List[UInt32](length=len(self.digits) + len(other.digits), fill=0)
        for i in range(len(self.digits)):
            var carry = 0
            for j in range(len(other.digits)):
                var x = Int(out.digits[i + j]) + Int(self.digits[i]) * Int(other.digits[j]) + carry
                out.digits[i + j] = UInt32(x % Self.BASE)
                carry = x // Self.BASE
            out.digits[i + len(other.digits)] = UInt32(carry)
        while len(out.digits) > 0 and out.digits[len(out.digits) - 1] == 0:
            _ = out.digits.pop()
        return out^

    def __imul__(mut self, k: Int):
        self = self * Big(k)

    def __pow__(self, n: Int) -> Self:
        var result = Self(1)
        var square = self.copy()
        var k = n
        while k > 0:
            if k & 1:
                result = result * square
            square = square * square
            k >>= 1
        return result^

    def __eq__(self, other: Self) -> Bool:
        return self.digits == other.digits

    def __lt__(self, other: Self) -> Bool:
        if len(self.digits) != len(other.digits):
            return len(self.digits) < len(other.digits)
        for i in reversed(range(len(self.digits))):
            if self.digits[i] != other.digits[i]:
                return self.digits[i] < other.digits[i]
        return False

    def write_to(self, mut writer: Some[Writer]):
        if len(self.digits) == 0:
            writer.write("0")
            return
        writer.write(self.digits[len(self.digits) - 1])
        for i in range(len(self.digits) - 2, -1, -1):
            writer.write(String(self.digits[i]).ascii_rjust(9, "0"))


def factorial(n: Int) -> Big:
    var product = Big(1)
    for k in range(2, n + 1):
        product *= k
    return product^


def fibonacci(n: Int) -> Big:
    var a = Big(0)
    var b = Big(1)
    for _ in range(n):
        var next = a + b
        a = b^
        b = next^
    return a^


def main():
    print(factorial(30), factorial(0), Big(0))
    print(Big(2) ** 200)
    print(fibonacci(300))
    print(factorial(20) < Big(2) ** 62, factorial(5) == Big(120), max(Big(7), Big(1) * Big(9)))
