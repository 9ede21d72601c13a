def inc(mut n: Int) -> Int:
    n += 1
    return n

def two(a: Int, b: Int) -> Int:
    return a * 100 + b

def grow(mut xs: List[Int]) -> Int:
    xs[0] += 7
    xs[1] += 7
    return 1

def show(a: Int, b: Int, c: Int):
    print(a, b, c)

def main():
    var n = 1
    print(two(n, inc(n)))
    print(n + inc(n), n * 10 + inc(n), -n + inc(n), (n + 0) + inc(n))
    var xs: List[Int] = [10, 20, 30]
    var i = 0
    print(xs[i] + inc(i))
    i = 0
    print(two(xs[i], inc(i)))
    show(n, inc(n), n)
    print(n, inc(n), n)
    var a, b = n, inc(n)
    print(a, b)
    var t = (n, inc(n), n)
    print(t)
    print(n < inc(n), n == inc(n), 0 < n < inc(n))
    i = 0
    xs[i] = inc(i)
    print(xs, i)
    i = 0
    xs[i] += inc(i)
    print(xs, i)
    i = 0
    xs[inc(i)] = inc(i)
    print(xs, i)
    i = 0
    xs[inc(i)] += inc(i) * 100
    print(xs, i)
    n = 1
    n += inc(n)
    print(n)
    n = 5
    var l: List[Int] = [n, inc(n), n]
    print(l)
    n = 0
    for k in range(inc(n), inc(n) + 4, inc(n)):
        print(k, n)
