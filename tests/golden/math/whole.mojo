from std.math import align_down, align_up, ceildiv, factorial, gcd, lcm


def main():
    print(gcd(12, 18), gcd(-12, 18), gcd(0, 5), gcd(5, 0), gcd(17, 5), gcd(0, 0))
    print(lcm(4, 6), lcm(0, 3), lcm(-4, 6), lcm(7, 7))
    print(factorial(0), factorial(1), factorial(5), factorial(20))
    print(ceildiv(7, 2), ceildiv(-7, 2), ceildiv(7, -2), ceildiv(8, 2), ceildiv(7.5, 2.0), ceildiv(UInt(7), UInt(2)))
    print(align_up(13, 8), align_down(13, 8), align_up(16, 8), align_down(16, 8), align_up(0, 4))
