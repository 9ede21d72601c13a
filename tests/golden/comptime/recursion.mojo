def factorial(n: Int) -> Int:
    if n < 2:
        return 1
    return n * factorial(n - 1)


def fibonacci(n: Int) -> Int:
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def gcd(a: Int, b: Int) -> Int:
    return a if b == 0 else gcd(b, a % b)


def is_odd(n: Int) -> Bool:
    return False if n == 0 else is_even(n - 1)


def is_even(n: Int) -> Bool:
    return True if n == 0 else is_odd(n - 1)


def ackermann(m: Int, n: Int) -> Int:
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def main():
    comptime f = factorial(20)
    comptime overflown = factorial(21)
    comptime fib = fibonacci(15)
    comptime g = gcd(1071, 462)
    comptime odd = is_odd(37)
    comptime a = ackermann(2, 3)
    print(f, overflown, fib, g, odd, a)
