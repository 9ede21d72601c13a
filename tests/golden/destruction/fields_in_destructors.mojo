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


struct D:
    var a: Q
    var b: Q
    def __init__(out self, i: Int):
        self.a = Q(i)
        self.b = Q(i + 1)
    def __deinit__(deinit self):
        print("D start")
        print("D use a", self.a.x)
        print("D end")
    def takea(deinit self) -> Int:
        print("takea")
        var q = self.b^
        print("have b")
        return q.x


def main():
    print("-- deinit")
    var dd = D(25)
    print("made")
    _ = dd.a.x
    print("after")
    var de = D(27)
    _ = de^.takea()
