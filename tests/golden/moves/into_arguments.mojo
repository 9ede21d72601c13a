struct Q:
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
    def __deinit__(deinit self):
        print("del", self.x)
    def get(self) -> Int:
        print("get", self.x)
        return self.x


def take(var q: Q):
    print("took", q.x)


def take2(var q: Q):
    print("took nothing")


def main():
    print("-- take")
    var m = Q(17)
    take(m^)
    print("after")
    var n = Q(18)
    take2(n^)
