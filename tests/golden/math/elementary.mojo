# Printed coarsely where Mojo's own functions are less accurate than ours.
from std.math import sqrt, sin, cos, exp, log, floor, ceil, trunc


def main():
    var x = 0.5
    while x < 10.0:
        print(x, sqrt(x), floor(x), ceil(x), trunc(-x))
        print(round(sin(x) * 1e9), round(cos(x) * 1e9), round(exp(x) * 1e4), round(log(x) * 1e9))
        x += 0.75
    print(sqrt(Float32(2.0)), floor(Float32(-1.5)), ceil(Float32(-1.5)))
    print(floor(-0.5 * x), ceil(-0.1 * x), floor(1e300 * x))
    print(sqrt(16), sqrt(Int(17)))
