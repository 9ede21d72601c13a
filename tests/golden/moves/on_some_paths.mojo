struct Q:
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
    def __deinit__(deinit self):
        print("del", self.x)
    def get(self) -> Int:
        print("get", self.x)
        return self.x


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
    print("-- cond move")
    cond(True)
    cond(False)
    print("end")
