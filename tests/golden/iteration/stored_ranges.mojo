"""A range is a value: it has a length, elements, and can be gone over twice."""


def total(n: Int) -> Int:
    var numbers = range(1, n + 1)
    var sum = 0
    for i in numbers:
        sum += i
    for i in numbers:
        sum += i
    return sum


def main():
    var r = range(3)
    for i in r:
        print(i)
    print(len(r), len(range(2, 11, 4)), len(range(5, 0)), len(range(10, 0, -3)))
    var s = range(2, 11, 4)
    print(s[0], s[1], s[2])
    for i in s:
        print(i, end=" ")
    print()
    print(total(10))
    for i in range(UInt8(250), UInt8(255)):
        print(i, end=" ")
    print()
    for i in range(Int32(-2), Int32(2)):
        print(i * 1000, end=" ")
    print()
    for i in range(UInt(3)):
        print(i, end=" ")
    print()
