"""Displays of many numbers: lists of their own each time, whose elements change and grow."""


def table(extra: Int) -> List[Int]:
    var found: List[Int] = [
        3, -1, 4, 1, -5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7, 9, 5, 0, 2, 8,
        8, 4, 1, 9, 7, 1, 6, 9, 3, 9, 9, 3, 7, 5, 1, 0, 5, 8, 2, 0, 9, 7, 4, 9, 4, 4, 5, 9, 2,
    ]
    found.append(extra)
    found[0] += extra
    return found^


def main():
    var total = 0
    for i in range(5):
        var numbers = table(i)
        for n in numbers:
            total = (total * 31 + n) % 1000003
        print(len(numbers), numbers[0], numbers[len(numbers) - 1], total)
    var floats: List[Float64] = [
        0.5, 1, 2.25, -3, 4, 5, 6, 7, 8, 9, 10.125, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
        27, 28, 29, 30, 31, 32, 33e-3,
    ]
    floats[1] = 0.75
    print(floats)
    var bytes: List[UInt8] = [
        255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
        29, 30, 31, 32, 33,
    ]
    bytes[1] -= 1
    print(bytes)
