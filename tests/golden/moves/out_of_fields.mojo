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


struct Res:
    var a: N
    var b: N
    def __init__(out self):
        self.a = N(70)
        self.b = N(71)
    def __deinit__(deinit self):
        print("del Res")
    def first(deinit self) -> N:
        return self.a^
    def both(deinit self) -> Int:
        var s = self.a.x
        print("both")
        s += self.b.x
        print("both end")
        return s


@fieldwise_init
struct Plain:
    var a: N
    var b: N
    def second(deinit self) -> N:
        print("second")
        return self.b^


def aug(var p: Plain):
    print("aug", p.a.x)
    print("aug end", p.b.x)
    print("aug really")


def main() raises:
    print("-- deinit methods")
    var l = Res()
    var m = l^.first()
    use(m)
    var n = Res()
    print(n^.both())
    var o = Plain(N(90), N(91))
    var p = o^.second()
    use(p)
    aug(Plain(N(92), N(93)))
