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


def usem(mut q: Q):
    q.x += 1
    print("usem", q.x)


def early(c: Bool) -> Int:
    var a = Q(30)
    var b = Q(31)
    if c:
        print("early")
        return b.x
    print("late")
    use(a)
    return b.x


def main():
    print("-- early")
    _ = early(True)
    _ = early(False)
    print("-- mut")
    var q = Q(40)
    usem(q)
    print("after usem")
