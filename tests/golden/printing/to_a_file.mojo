"""print to standard error and standard output."""

from std.sys import stderr, stdout


def main():
    print("out")
    print("err", file=stderr)
    print("err again", 3, sep="-", end="\n\n", file=stderr)
    print("to stdout", file=stdout, flush=True)
    print("no end", end="", flush=True)
    print()
    for i in range(3):
        if i == 1:
            print("warning", i, file=stderr)
        else:
            print("line", i)
