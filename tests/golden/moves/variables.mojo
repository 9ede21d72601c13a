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


def take(var n: N):
    print("took", n.x)


def pass_on(var n: N):
    print("pass")
    take(n^)


def ident(var n: N) -> N:
    return n^


def main():
    var c = N(4)
    print("-- var move")
    var d = c^
    use(d)
    print("-- take")
    var e = N(5)
    take(e^)
    print("-- pass on")
    var f = N(6)
    pass_on(f^)
    print("-- ident")
    var g = ident(N(7))
    use(g)
    print("-- copy")
    var h = N(8)
    var i = h.copy()
    use(i)
    use(h)
