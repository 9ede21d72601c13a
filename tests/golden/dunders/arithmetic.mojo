# All binary operators with their dunder methods, the reflected and the in-place ones.


@fieldwise_init
struct N(ImplicitlyCopyable, Writable):
    var v: Int

    def write_to(self, mut w: Some[Writer]):
        w.write("N", self.v)

    def __add__(self, o: Self) -> Self:
        return Self(self.v + o.v)

    def __add__(self, o: Int) -> Self:
        return Self(self.v + o)

    def __radd__(self, o: Int) -> Self:
        return Self(o + self.v + 1000)

    def __sub__(self, o: Self) -> Self:
        return Self(self.v - o.v)

    def __rsub__(self, o: Int) -> Self:
        return Self(o - self.v)

    def __mul__(self, o: Self) -> Self:
        return Self(self.v * o.v)

    def __rmul__(self, o: Int) -> Self:
        return Self(o * self.v)

    def __truediv__(self, o: Self) -> Float64:
        return Float64(self.v) / Float64(o.v)

    def __rtruediv__(self, o: Int) -> Float64:
        return Float64(o) / Float64(self.v)

    def __floordiv__(self, o: Self) -> Self:
        return Self(self.v // o.v)

    def __rfloordiv__(self, o: Int) -> Self:
        return Self(o // self.v)

    def __mod__(self, o: Self) -> Self:
        return Self(self.v % o.v)

    def __rmod__(self, o: Int) -> Self:
        return Self(o % self.v)

    def __pow__(self, o: Int) -> Self:
        return Self(self.v**o)

    def __rpow__(self, o: Int) -> Self:
        return Self(o**self.v)

    def __matmul__(self, o: Self) -> Int:
        return self.v * 10 + o.v

    def __and__(self, o: Self) -> Self:
        return Self(self.v & o.v)

    def __or__(self, o: Self) -> Self:
        return Self(self.v | o.v)

    def __xor__(self, o: Self) -> Self:
        return Self(self.v ^ o.v)

    def __rand__(self, o: Int) -> Self:
        return Self(o & self.v)

    def __ror__(self, o: Int) -> Self:
        return Self(o | self.v)

    def __rxor__(self, o: Int) -> Self:
        return Self(o ^ self.v)

    def __lshift__(self, o: Int) -> Self:
        return Self(self.v << o)

    def __rshift__(self, o: Int) -> Self:
        return Self(self.v >> o)

    def __rlshift__(self, o: Int) -> Self:
        return Self(o << self.v)

    def __rrshift__(self, o: Int) -> Self:
        return Self(o >> self.v)

    def __neg__(self) -> Self:
        return Self(-self.v)

    def __pos__(self) -> Self:
        return Self(self.v + 500)

    def __invert__(self) -> Self:
        return Self(~self.v)

    def __iadd__(mut self, o: Self):
        self.v += o.v * 100

    def __isub__(mut self, o: Int):
        self.v -= o

    def __imul__(mut self, o: Int):
        self.v *= o

    def __ifloordiv__(mut self, o: Int):
        self.v //= o

    def __imod__(mut self, o: Int):
        self.v %= o

    def __ipow__(mut self, o: Int):
        self.v **= o

    def __iand__(mut self, o: Int):
        self.v &= o

    def __ior__(mut self, o: Int):
        self.v |= o

    def __ixor__(mut self, o: Int):
        self.v ^= o

    def __ilshift__(mut self, o: Int):
        self.v <<= o

    def __irshift__(mut self, o: Int):
        self.v >>= o


def main():
    var a = N(7)
    var b = N(3)
    print(a + b, a + 1, 1 + a, a - b, 1 - a, a * b, 2 * a)
    print(a / b, 14 / a, a // b, 15 // a, a % b, 15 % a, a**2, 2**a)
    print(a @ b, a & b, a | b, a ^ b, 12 & a, 8 | a, 1 ^ a)
    print(a << 2, a >> 1, 1 << a, 1024 >> a)
    print(-a, +a, ~a, -(a + b) * b)
    a += b
    print(a)
    a -= 7
    print(a)
    a *= 3
    print(a)
    a //= 2
    print(a)
    a %= 100
    print(a)
    a **= 2
    print(a)
    a &= 0xFF
    print(a)
    a |= 0x100
    print(a)
    a ^= 1
    print(a)
    a <<= 3
    print(a)
    a >>= 2
    print(a)
    b = b + a + b
    print(b)
    var c = N(1)
    print(c)
