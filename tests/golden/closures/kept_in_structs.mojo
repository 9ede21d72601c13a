struct Holder[F: def(Int) -> Int](Movable):
    var f: Self.F

    def __init__(out self, var f: Self.F):
        self.f = f^

    def go(self, x: Int) -> Int:
        return self.f(x)


def square(x: Int) -> Int:
    return x * x


def main():
    var k = 10

    def own(x: Int) {var k} -> Int:
        return x + k

    def shared(x: Int) {imm k} -> Int:
        return x + k

    var a = Holder(own)
    var b = Holder(shared)
    var c = Holder(square)
    print(a.go(1), b.go(1), c.go(5))
    k = 20
    print(a.go(1), b.go(1), c.go(6))
    var again = shared
    print(again(2))
