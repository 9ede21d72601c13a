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
struct Box(Copyable, Movable):
    var n: N
    var k: Int


def main():
    print("-- box")
    var j = Box(N(9), 1)
    print("boxed")
    var k = j.copy()
    print("copied")
    use(k.n)
    use(j.n)
    print("-- box move")
    var l = Box(N(10), 1)
    var m = l^
    use(m.n)
