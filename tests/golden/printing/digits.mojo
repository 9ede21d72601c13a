"""Integers with every number of digits."""


def main():
    var x: UInt64 = 1
    for i in range(20):
        print(x - 1, x, x + 1)
        if i < 19:
            x *= 10
    for i in range(13):
        print(i, -i, i * 999983 * 7, i * 12345678901234)
    print(UInt64.MAX, Int.MIN, Int.MAX, Int8.MIN, 0)
    var text = String()
    for i in range(0, 3000, 7):
        text += String(i)
    print(text)
