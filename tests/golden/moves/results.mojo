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


def mk(i: Int) -> N:
    return N(i)


def mk2(i: Int) -> N:
    var n = N(i)
    print("made")
    return n^


def mk3(out n: N):
    n = N(9)
    print("mk3")


def main():
    print("-- ")
    var a = mk(1)
    print("-- ")
    var b = mk2(2)
    print("-- ")
    var c = mk3()
