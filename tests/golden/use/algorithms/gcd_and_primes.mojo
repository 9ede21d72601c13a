def gcd(a: Int, b: Int) -> Int:
    return a if b == 0 else gcd(b, a % b)


def is_prime(n: Int) -> Bool:
    if n < 2:
        return False
    var d = 2
    while d * d <= n:
        if n % d == 0:
            return False
        d += 1
    return True


def factors(n: Int) -> List[Int]:
    var found = List[Int]()
    var rest = n
    var d = 2
    while rest > 1:
        while rest % d == 0:
            found.append(d)
            rest //= d
        d += 1
    return found^


def main():
    print(gcd(48, 36), gcd(17, 5), gcd(0, 9))
    print([n for n in range(50) if is_prime(n)])
    print(factors(360), factors(97), factors(1))
