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


def pair(a: Q, b: Q):
    print("pair", a.x, b.x)


def main():
    print("-- temporaries")
    print(Q(9).get(), Q(10).get())
    print(Q(9).x, Q(10).x)
    use(Q(11))
    pair(Q(12), Q(13))
    _ = Q(14)
