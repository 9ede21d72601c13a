def show(x: Float64, y: Float64):
    print(x, y, x + y, x - y, x * y, x / y)
    print("   ", x // y, x % y, x < y, x <= y, x == y, x != y, x > y, x >= y)


def main():
    show(7.5, 2.0)
    show(-7.5, 2.0)
    show(7.5, -2.0)
    show(-7.5, -2.0)
    show(1.0, 0.1)
    show(0.3, 0.1)
    show(1e300, 3.0)
    show(1e20, 7.0)
    show(-0.0, 3.0)
    show(6.0, -3.0)
    var x = 1.5
    x += 1.0
    x *= 3.0
    x -= 0.25
    x /= 2.0
    print(x, -x, x // 2.0)
    x //= 2.0
    print(x)
    x %= 0.75
    print(x)
