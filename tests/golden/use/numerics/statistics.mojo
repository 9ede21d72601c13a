from std.math import sqrt


def main():
    var xs: List[Float64] = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
    var total = 0.0
    for x in xs:
        total += x
    var mean = total / Float64(len(xs))
    var square = 0.0
    for x in xs:
        square += (x - mean) ** 2
    print(mean, sqrt(square / Float64(len(xs))))
    print(min(xs[0], xs[1]), max(2, 3), abs(-4), abs(-2.5), round(2.5), round(-3.5))
