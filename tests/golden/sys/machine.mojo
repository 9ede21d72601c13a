from std.benchmark import black_box, keep
from std.sys import is_big_endian
from std.time import sleep


def main() raises:
    print(is_big_endian())
    keep(3)
    print(black_box(4))
    sleep(0.0)
