def f(x: Float64) -> Float64:
    return 4.0 / (1.0 + x * x)


def simpson(a: Float64, b: Float64, n: Int) -> Float64:
    var h = (b - a) / Float64(n)
    var sum = f(a) + f(b)
    for i in range(1, n):
        var weight = 4.0 if i % 2 == 1 else 2.0
        sum += weight * f(a + Float64(i) * h)
    return sum * h / 3.0


def main():
    for n in range(2, 40, 6):
        print(n, simpson(0.0, 1.0, n))
