"""A fast Fourier transform over complex numbers of its own, checked by its inverse."""
from std.math import cos, sin, pi, sqrt


@fieldwise_init
struct Complex(ImplicitlyCopyable, Movable, Writable):
    var re: Float64
    var im: Float64

    def __add__(self, o: Self) -> Self:
        return Self(self.re + o.re, self.im + o.im)

    def __sub__(self, o: Self) -> Self:
        return Self(self.re - o.re, self.im - o.im)

    def __mul__(self, o: Self) -> Self:
        return Self(self.re * o.re - self.im * o.im, self.re * o.im + self.im * o.re)

    def __truediv__(self, k: Float64) -> Self:
        return Self(self.re / k, self.im / k)

    def conjugate(self) -> Self:
        return Self(self.re, -self.im)

    def write_to(self, mut writer: Some[Writer]):
        writer.write(round(self.re, 6), " " if self.im < 0 else " +", round(self.im, 6), "i")


def transform(xs: List[Complex], inverse: Bool = False) -> List[Complex]:
    var n = len(xs)
    if n == 1:
        return xs.copy()
    var even = transform([xs[2 * i] for i in range(n // 2)], inverse)
    var odd = transform([xs[2 * i + 1] for i in range(n // 2)], inverse)
    var out = List[Complex](length=n, fill=Complex(0, 0))
    var sign = 1.0 if inverse else -1.0
    for k in range(n // 2):
        var angle = sign * 2 * pi * Float64(k) / Float64(n)
        var turned = Complex(cos(angle), sin(angle)) * odd[k]
        out[k] = even[k] + turned
        out[k + n // 2] = even[k] - turned
    return out^


def main():
    var signal: List[Complex] = [Complex(Float64(i % 4), 0) for i in range(16)]
    var spectrum = transform(signal)
    for i in [0, 4, 8, 12]:
        print(i, spectrum[i])
    var back = transform(spectrum, inverse=True)
    var worst = 0.0
    for i in range(16):
        worst = max(worst, abs((back[i] / 16).re - signal[i].re))
    print(worst < 1e-12)
