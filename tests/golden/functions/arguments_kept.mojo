"""The program's arguments stay as they are while other text comes and goes."""
from std.sys import argv


def noise(n: Int) -> Int:
    var texts: List[String] = [String("some text of a number ", i) for i in range(n)]
    return "".join(texts).byte_length()


def main():
    var arguments = argv()
    var copies: List[String] = [String(arguments[i]) for i in range(1, len(arguments))]
    print(noise(40) > 0)
    for i in range(1, len(arguments)):
        print(arguments[i], copies[i - 1], String(arguments[i]) == copies[i - 1])
