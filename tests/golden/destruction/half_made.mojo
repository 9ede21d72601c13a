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


struct Full:
    var a: N
    var b: N
    def __init__(out self, fail: Bool) raises:
        self.a = N(60)
        if fail:
            raise Error("half")
        self.b = N(61)
        print("full")
        if self.a.x == 60:
            raise Error("whole")
    def __deinit__(deinit self):
        print("del Full")


def main() raises:
    print("-- ctor raise")
    try:
        var k = Full(True)
        print(k.a.x)
    except er:
        print(er)
    try:
        var k = Full(False)
        print(k.a.x)
    except er:
        print(er)
