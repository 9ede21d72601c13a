"""with: managers are left on every way out, and may swallow errors."""


struct M(Copyable, Movable):
    var n: String
    def __init__(out self, n: String):
        self.n = n
        print("init", n)
    def __enter__(mut self) -> Int:
        print("enter", self.n)
        return 5
    def __exit__(mut self):
        print("exit", self.n)

struct Q(Copyable, Movable):
    var swallow: Bool
    def __init__(out self, swallow: Bool):
        self.swallow = swallow
    def __enter__(self) -> Self:
        print("q enter")
        return self.copy()
    def __exit__(self):
        print("q exit normal")
    def __exit__(self, e: Error) -> Bool:
        print("q exit error", e)
        return self.swallow

def f(x: Int) raises -> Int:
    with Q(True):
        if x == 1:
            raise Error("inside")
        if x == 2:
            return 22
    return 33

def g(x: Int) -> Int:
    with M("g") as v:
        if x == 1:
            return v
    return 7

def main() raises:
    with M("a") as x:
        print("body", x)
    with M("b"):
        print("body b")
    with M("c") as x, M("d") as y:
        print(x, y)
    print(f(0))
    print(f(1))
    print(f(2))
    print(g(0), g(1))
    try:
        with Q(False):
            raise Error("out")
    except e:
        print("caught", e)
    for i in range(3):
        with M("loop"):
            if i == 1:
                break
            continue
