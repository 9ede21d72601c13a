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


def main() raises:
    print("-- try")
    var i = Q(8)
    var j = Q(9)
    try:
        print("try")
        var k = Q(10)
        _ = boom(3)
        use(i)
        use(k)
    except err:
        print("caught", err)
        use(j)
        print("handler end")
    print("after try")
    print("-- try ok")
    var l = Q(11)
    var m = Q(12)
    try:
        _ = boom(1)
        print("normal")
        use(l)
        _ = boom(2)
        print("normal 2")
    except err:
        use(m)
    else:
        print("else")
    finally:
        print("finally")
