"""Comparisons in a chain evaluate each operand once, and stop at the first that fails."""


def say(x: Int) -> Int:
    print("say", x)
    return x


def main():
    print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1)
    print(say(1) < say(5) < say(3) < say(9))
    var x = 4
    if not (0 <= x < 3):
        print("out")
    print(1 < x and x < 5 or x == 7)
