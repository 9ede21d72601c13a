from std.memory import Pointer


struct Q:
    var x: Int

    def __init__(out self, x: Int):
        self.x = x

    def __deinit__(deinit self):
        print("del", self.x)


def increase(p: Pointer[Int, MutUntrackedOrigin]):
    p[] += 1


def main():
    var v = 7
    var p = Pointer(to=v)
    p[] += 1
    print(v, p[])
    v = 20
    print(p[])
    var q = Q(1)
    var r = Pointer(to=q)
    r[].x = 5
    print("between")
    print(r[].x)
    print("after")
    var xs: List[Int] = [1, 2, 3]
    var s = Pointer(to=xs[1])
    s[] = 50
    print(xs)
