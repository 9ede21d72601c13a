def power(base: Int, exponent: Int, modulus: Int) -> Int:
    var result = 1
    var b = base % modulus
    var e = exponent
    while e > 0:
        if e & 1:
            result = result * b % modulus
        b = b * b % modulus
        e >>= 1
    return result


def main():
    print(power(2, 10, 1000), power(3, 200, 13), power(7, 0, 5))
    print(2 ** 10, 3 ** 4, (-2) ** 3, 2.0 ** 3)
