def show(a: Int, b: Int):
    print(a, b, a + b, a - b, a * b, a // b, a % b, a & b, a | b, a ^ b)


def main():
    show(7, 2)
    show(-7, 2)
    show(7, -2)
    show(-7, -2)
    show(0, 5)
    show(-8, 4)
    show(123456789012, 98765)
    show(9223372036854775807, 2)
    show(-9223372036854775807 - 1, -1)
    show(5, 0)
    show(-5, 0)
    show(1, 9223372036854775807)
