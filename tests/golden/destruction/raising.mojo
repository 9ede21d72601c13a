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


def boom(i: Int) raises -> Int:
    print("boom", i)
    if i > 2:
        raise Error("big")
    return i


def usr(q: Q) raises:
    print("usr", q.x)
    raise Error("usr")


def main() raises:
    print("-- raise in use")
    var n = Q(13)
    var o = Q(14)
    try:
        usr(n)
        use(o)
    except err:
        print("caught", err)
    print("-- order on raise")
    try:
        var p = Q(15)
        var q = Q(16)
        _ = boom(5)
        use(p)
        use(q)
    except err:
        print("caught", err)
