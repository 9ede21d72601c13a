from std.memory import UnsafePointer, OwnedPointer, ArcPointer, Pointer, alloc, unsafe_memcpy

struct N(Copyable, Movable):
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
        print("init", x)
    def __init__(out self, *, copy: Self):
        self.x = copy.x
        print("copy", copy.x)
    def __init__(out self, *, deinit move: Self):
        self.x = move.x
        print("move", move.x)
    def __deinit__(deinit self):
        print("del", self.x)

def main():
    var p = alloc[Int](4)
    for i in range(4):
        p[i] = i * i
    print(p[2], (p + 3)[], p.load(1))
    p.store(1, 50)
    print(p[1])
    var q = p + 1
    print(q[0])
    q += 1
    print(q[])
    p.free()
    var n = alloc[N](2)
    n.unsafe_write(N(1))
    (n + 1).unsafe_write(n[].copy())
    print(n[0].x, n[1].x)
    n.unsafe_deinit_pointee()
    var t = (n + 1).take_pointee()
    print(t.x)
    n.free()
    var o = OwnedPointer(N(3))
    print(o[].x)
    o[].x = 4
    print(o[].x)
    var a = ArcPointer(N(5))
    var b = a
    print(a.count(), b[].x)
    b[].x = 6
    print(a[].x)
    _ = b^
    print(a.count())
    print("end arc")
    var v = 7
    var r = Pointer(to=v)
    r[] += 1
    print(v, r[])
    var u = UnsafePointer(to=v)
    u[] += 1
    print(v)
