struct N(Copyable, Movable):
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
        print("init", x)
    def __init__(out self, *, copy: Self):
        self.x = copy.x + 100
        print("copy", copy.x)
    def __init__(out self, *, deinit move: Self):
        self.x = move.x
        print("move", move.x)
    def __deinit__(deinit self):
        print("del", self.x)
    def get(self) -> Int:
        print("get", self.x)
        return self.x
    def eat(deinit self) -> Int:
        print("eat", self.x)
        return self.x


def use(q: N):
    print("use", q.x)


@fieldwise_init
struct I(ImplicitlyCopyable):
    var x: Int
    def __init__(out self, *, copy: Self):
        self.x = copy.x + 100
        print("copy", copy.x)
    def __init__(out self, *, deinit move: Self):
        self.x = move.x
        print("move", move.x)
    def __deinit__(deinit self):
        print("del", self.x)


def usei(i: I):
    print("usei", i.x)


def takei(var i: I):
    print("takei", i.x)


def reti(i: I) -> I:
    return i


def reti2() -> I:
    var i = I(5)
    return i


def main() raises:
    print("-- implicit copy last use")
    var a = I(1)
    var b = a
    print("b", b.x)
    print("-- implicit copy not last use")
    var c = I(2)
    var d = c
    print(d.x)
    print(c.x)
    print("-- var arg")
    var e = I(3)
    takei(e)
    print("--")
    var f = I(4)
    takei(f)
    usei(f)
    print("-- return")
    var g = reti(I(6))
    usei(g)
    var h = reti2()
    usei(h)
    print("-- list of I")
    var xs: List[I] = [I(7), I(8)]
    var y = xs[0]
    usei(y)
    print("len", len(xs))
