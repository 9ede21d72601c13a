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


def main():
    print("-- list")
    var xs = List[N]()
    xs.append(N(11))
    xs.append(N(12))
    print("appended")
    xs[0] = N(13)
    print("overwritten")
    var p = xs.pop()
    print("popped")
    use(p)
    print("-- clear")
    xs.append(N(14))
    xs.clear()
    print("cleared")
    xs.append(N(15))
    print("end list")
    print("-- list literal")
    var ys: List[N] = [N(16), N(17)]
    print(len(ys))
    print("-- for")
    var zs: List[N] = [N(18), N(19)]
    for ref z in zs:
        print(z.x)
