struct Q:
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
    def __deinit__(deinit self):
        print("del", self.x)
    def get(self) -> Int:
        print("get", self.x)
        return self.x


def ret() -> Q:
    var a = Q(40)
    var b = Q(41)
    print("returning")
    return a^


def main() raises:
    print("-- scalar read late")
    var r = Q(17)
    var x = r.x
    print("between")
    print(x)
    var t = Q(18)
    var y = t.get() * 2 + t.x
    print("between")
    print(y)
    print("-- return")
    _ = ret()
