from std.bit import pop_count, count_leading_zeros, count_trailing_zeros


def main():
    for x in [1, 2, 3, 12, 255, 1024]:
        print(x, pop_count(x), count_leading_zeros(x), count_trailing_zeros(x), x & -x, x & (x - 1))
    print(~5, 5 ^ 3, 5 | 3, 5 & 3, -17 >> 2)
