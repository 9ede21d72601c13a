"""Whole numbers of std.math: combinations, permutations, divisors."""

from std.math import comb, perm, factorial, gcd, lcm, ceildiv, align_up, align_down, clamp


def main():
    print(comb(5, 2), comb(10, 0), comb(52, 5), perm(5, 2), perm(6, 6))
    print(factorial(0), factorial(10), factorial(20))
    print(gcd(12, 18), gcd(0, 5), gcd(-4, 6), lcm(4, 6), lcm(7, 3))
    print(ceildiv(7, 2), ceildiv(8, 2), align_up(13, 8), align_down(13, 8))
    print(clamp(5, 0, 3), clamp(-2, 0, 3), clamp(2, 0, 3))
