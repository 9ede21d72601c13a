from std.memory import ArcPointer, OwnedPointer

struct N(Movable):
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
        print("init", x)
    def __deinit__(deinit self):
        print("del", self.x)

@fieldwise_init
struct Node(Movable):
    var n: N
    var shared: ArcPointer[N]

def use(a: ArcPointer[N]):
    print("use", a[].x, a.count())

def keep(var a: ArcPointer[N]) -> ArcPointer[N]:
    print("keep", a.count())
    return a^

def main():
    var a = ArcPointer(N(1))
    use(a)
    var b = a
    use(b)
    var c = keep(a)
    print("c", c[].x, c.count())
    print(a is c)
    use(a)
    print("end 1")
    var d = ArcPointer(N(2))
    var node = Node(N(3), d)
    print("node", node.shared[].x, d.count())
    node.shared = ArcPointer(N(4))
    print("replaced", node.shared[].x)
    print("end 2")
    var o = OwnedPointer(N(5))
    o[].x += 10
    print(o[].x)
    var p = OwnedPointer(N(6))
    var q = p^
    print("moved", q[].x)
    print("end 3")
    var list: List[ArcPointer[N]] = [ArcPointer(N(7)), ArcPointer(N(8))]
    var xs: List[ArcPointer[N]] = []
    xs.append(list[0])
    xs.append(list[1])
    print(xs[1][].x, xs[0].count())
    xs[0][].x = 70
    print(list[0][].x)
    print("end 4")
