# numeric: complex roots, polynomial, newton, simpson, rk4 with function parameters
from std.math import sqrt, exp, log, sin, cos, atan2, hypot, floor, ceil, isnan, inf, nan, isclose
from std.complex import ComplexSIMD

comptime Vec = SIMD[DType.float64, 4]

def simpson[f: def(Float64) thin -> Float64](a: Float64, b: Float64, n: Int = 100) -> Float64:
    var h = (b - a) / Float64(n)
    var s = f(a) + f(b)
    for i in range(1, n):
        s += f(a + Float64(i) * h) * (4.0 if i % 2 else 2.0)
    return s * h / 3

def square(x: Float64) -> Float64:
    return x * x

def rk4(f: def(Float64, Float64) thin -> Float64, var y: Float64, t0: Float64, t1: Float64, steps: Int) -> Float64:
    var h = (t1 - t0) / Float64(steps)
    var t = t0
    for _ in range(steps):
        var k1 = f(t, y)
        var k2 = f(t + h / 2, y + h * k1 / 2)
        var k3 = f(t + h / 2, y + h * k2 / 2)
        var k4 = f(t + h, y + h * k3)
        y += h * (k1 + 2 * k2 + 2 * k3 + k4) / 6
        t += h
    return y

def decay(t: Float64, y: Float64) -> Float64:
    return -0.5 * y

@fieldwise_init
struct Polynomial(Copyable, Movable, Writable):
    var c: List[Float64]
    def __call__(self, x: Float64) -> Float64:
        var r = 0.0
        for i in range(len(self.c) - 1, -1, -1):
            r = r * x + self.c[i]
        return r
    def derivative(self) -> Self:
        return Self([self.c[i] * Float64(i) for i in range(1, len(self.c))])
    def __mul__(self, o: Self) -> Self:
        var out = List[Float64](length=len(self.c) + len(o.c) - 1, fill=0.0)
        for i, a in enumerate(self.c):
            for j, b in enumerate(o.c):
                out[i + j] += a * b
        return Self(out^)
    def write_to(self, mut w: Some[Writer]):
        var first = True
        for i in reversed(range(len(self.c))):
            if self.c[i] == 0:
                continue
            if not first:
                w.write(" + ")
            first = False
            w.write(self.c[i])
            if i == 1:
                w.write("x")
            elif i > 1:
                w.write("x^", i)

def newton(p: Polynomial, var x: Float64) raises -> Float64:
    var d = p.derivative()
    for _ in range(50):
        var y = p(x)
        var slope = d(x)
        if slope == 0:
            raise Error(t"flat at {x}")
        var next = x - y / slope
        if isclose(next, x, atol=1e-14, rtol=0):
            return next
        x = next
    raise Error("no convergence")

def main() raises:
    print(simpson[square](0, 3), simpson[square](0, 3, n=10))
    print(rk4(decay, 1.0, 0, 2, 40))
    var p = Polynomial([-2.0, 0.0, 1.0])
    print(p, "|", p.derivative(), "|", p * p)
    print(newton(p, 1.0), sqrt(2.0))
    try:
        print(newton(p, 0.0))
    except e:
        print("error:", e)
    var v = Vec(1, 2, 3, 4)
    print(v * v, v.reduce_add(), (v + 0.5).cast[DType.int32](), sqrt(v), v.shuffle[3, 2, 1, 0]())
    print(v.gt(2.0).select(v, Vec(0)), max(v, Vec(2.5)), v[1], len(v))
    print(hypot(3.0, 4.0), atan2(1.0, 1.0), floor(-1.5), ceil(-1.5), isnan(nan[DType.float64]()), inf[DType.float64](), -inf[DType.float32]())
    var z = ComplexSIMD[DType.float64, 1](1, 2)
    print(z * z, z.squared_norm(), z.norm())
    print(1e300 * 1e10, -0.0, 0.1 + 0.2, 1.0 / 3.0, Float32(1) / 3, 123456789.123, 1e16, 1e-5, 5e-324)
    print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, -7.5 % 2, 2 ** 10, divmod(-7, 2))
    print(Int8(127) + 1, UInt8(0) - 1, Int(3), UInt32(1) << 31, (1 << 63) >> 63, ~5, 6 ^ 3)
    var acc = Float32(0)
    for i in range(10):
        acc += 0.1
    print(acc, round(2.5), round(-3.5), round(2.567, 2), abs(-4), min(3, 1, 2), max(1.5, 2.5), pow(2, 5))
