from std.math import sqrt, sin, cos, exp, log, pow


def main():
    var zero = 0.0
    var infinity = 1.0 / zero
    var nan = zero / zero
    print(sin(zero), cos(zero), exp(zero), log(zero + 1.0), sqrt(zero))
    print(sin(-zero), exp(infinity), exp(-infinity), log(infinity), log(zero), sqrt(infinity))
    var results: List[Float64] = [sin(nan), sin(infinity), cos(-infinity), log(-1.0 + zero)]
    for result in results:
        print(result != result)
    print(sqrt(-1.0 + zero) != sqrt(-1.0 + zero))
    print(exp(1000.0 + zero), exp(-1000.0 + zero))
    print(pow(zero, 2.0), pow(2.0 + zero, 3.0))
