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


def main() raises:
    print("-- loop")
    var a = Q(1)
    for i in range(3):
        var b = Q(10 + i)
        print("body", i)
        if i == 1:
            continue
        use(b)
        print("body end", i)
    use(a)
    print("-- break")
    var c = Q(2)
    for i in range(3):
        use(c)
        var d = Q(20 + i)
        if i == 1:
            print("breaking")
            break
        use(d)
    print("after loop")
    print("-- while cond")
    var e = Q(0)
    while e.x < 2:
        e.x += 1
        print("in")
    print("out")
