struct Q:
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
    def __deinit__(deinit self):
        print("del", self.x)
    def get(self) -> Int:
        print("get", self.x)
        return self.x


def f(i: Int) -> Int:
    print("f", i)
    return i


def h(i: Int, j: Int) -> Int:
    print("h", i, j)
    return i + j


def main():
    print("-- print field")
    var a = Q(1)
    print(a.x)
    print("-- f(a.x)")
    var b = Q(2)
    _ = f(b.x)
    print("-- h(f(c.x), d.x)")
    var c = Q(3)
    var d = Q(4)
    _ = h(f(c.x), d.x)
    print("-- print two")
    var e = Q(5)
    var g = Q(6)
    print(e.get(), g.get())
    print("-- sum")
    var i = Q(7)
    var j = Q(8)
    var s = i.get() + j.get()
    print("sum", s)
