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

struct Q:
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
    def __deinit__(deinit self):
        print("del", self.x)
    def get(self) -> Int:
        print("get", self.x)
        return self.x

def order(a: Q, b: Q):
    print("order", a.x, b.x)
def order2(b: Q, a: Q):
    print("order", a.x, b.x)
def f(x: Int, y: Int):
    print(x, y)
@fieldwise_init
struct In:
    var q: Q
struct PQ:
    var a: Q
    var b: Q
    def __init__(out self):
        self.a = Q(1)
        self.b = Q(2)
def mkq(i: Int) -> Q:
    print("mkq", i)
    return Q(i)
def main():
    var a = Q(1)
    var b = Q(2)
    order(a, b)
    var c = Q(3)
    var d = Q(4)
    order2(d, c)
    var e = Q(5)
    var g = Q(6)
    f(e.x, g.x)
    var h = PQ()
    print("h")
    h.a = Q(30)
    print("assigned")
    h.a = mkq(31)
    print("assigned")
    print(h.a.x)
    h.b = mkq(32)
    print("done")
    var xs: List[Q] = [Q(40), Q(41)]
    xs[0] = mkq(42)
    print("xs")
    xs[1] = Q(xs[1].x + 10)
    print("xs1")
    var s = String("a")
    if xs[0].x == 42:
        s += "b"
    print(s)
    var t = Q(50)
    while True:
        if t.x > 52:
            break
        t.x += 1
        print("loop")
    print("end")
