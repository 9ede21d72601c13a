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


def main() raises:
    print("-- short circuit")
    var aa = N(5)
    var bb = N(6)
    if aa.get() == 5 and bb.get() == 7:
        print("no")
    else:
        print("yes")
    print("-- chain")
    print(N(7).copy().get())
    print("-- wasted")
    var cc = N(8)
    _ = cc
    print("after _")
    var dd = N(9)
    _ = dd^
    print("after _ ^")
    print("end")
