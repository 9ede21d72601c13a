from std.sys import argv


def main() raises:
    var arguments = argv()
    print(len(arguments))
    for i in range(1, len(arguments)):
        print(i, arguments[i])
