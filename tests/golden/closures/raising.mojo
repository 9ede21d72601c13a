def attempt[F: def(Int) raises -> Int](f: F, x: Int) raises -> Int:
    return f(x)


def square(x: Int) -> Int:
    return x * x


def main() raises:
    var k = 10
    var tries = 0

    def limited(x: Int) raises {imm k, mut tries} -> Int:
        tries += 1
        if x > k:
            raise Error("too big: " + String(x))
        return k - x

    print(limited(3), attempt(limited, 4), attempt(square, 3))
    try:
        print(limited(11))
    except e:
        print(e)
    try:
        print(attempt(limited, 30))
    except e:
        print(e)
    print(tries)
