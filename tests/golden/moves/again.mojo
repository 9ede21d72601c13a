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


def main():
    print("-- eat")
    var w = N(25)
    print(w^.eat())
    print("-- reinit")
    var x = N(26)
    take(x^)
    x = N(27)
    use(x)
    print("end")
