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


@fieldwise_init
struct P:
    var a: Q
    var b: Q


def main():
    print("-- fields")
    var p = P(Q(22), Q(23))
    print("made")
    p.a = Q(24)
    print("assigned a")
    use(p.a)
    print("used a")
    use(p.b)
    print("used b")
