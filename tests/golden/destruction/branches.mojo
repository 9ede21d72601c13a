struct Q:
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
    def __deinit__(deinit self):
        print("del", self.x)
    def get(self) -> Int:
        print("get", self.x)
        return self.x


def use(q: Q):
    print("use", q.x)


def cond(c: Bool):
    var a = Q(50)
    if c:
        take(a^)
        print("moved")
    else:
        print("kept")
    print("cond end")


def take(var q: Q):
    print("took", q.x)


def g_true() -> Bool:
    return True


def main() raises:
    print("-- branches")
    var f = Q(4)
    var g = Q(5)
    if f.x == 4:
        print("then")
        use(g)
        print("then end")
    else:
        print("else")
    print("after if")
    print("-- cond init")
    var h: Q
    if g_true():
        h = Q(6)
        print("inited")
    else:
        h = Q(7)
    print("merge")
    use(h)
