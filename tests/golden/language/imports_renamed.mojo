"""Imports within functions and under other names."""

from std.math import sqrt as root, floor
from std.sys import argv
import std.random as dice


def main():
    print(root(16.0), floor(2.7))
    dice.seed(3)
    var x = dice.random_si64(1, 6)
    print(1 <= Int(x) <= 6)
    from std.bit import pop_count

    print(pop_count(255), len(argv()) > 0)
