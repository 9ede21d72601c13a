def show(a: Int, b: Int):
    print(a / b, a // b, a - (a / b) * b)


def main():
    show(7, 2)
    show(-7, 2)
    show(7, -2)
    show(-7, -2)
    show(1, 3)
    show(-1, 3)
    var a: UInt8 = 200
    print(a / 3, a // 3, a % 7)
    var b: Int32 = -7
    print(b / 2, b // 2, b % 2)
    var c = 17
    c /= 5
    print(c)
    c //= 2
    print(c)
