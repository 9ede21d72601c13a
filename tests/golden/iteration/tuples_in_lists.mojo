"""Targets take tuples apart, with and without parentheses."""


def main():
    var pairs: List[Tuple[Int, String]] = [(1, "a"), (2, "b")]
    for number, name in pairs:
        print(number, name)
    for (number, name) in pairs:
        print(name, number)
    for pair in pairs:
        print(pair[0], pair[1])
    var points: List[Tuple[Int, Int]] = [(1, 2), (3, 4), (5, 6)]
    var sum = 0
    for x, y in points:
        sum += x * y
    print(sum)
    for _, y in points:
        print(y)
