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


def main():
    print("-- unused var")
    var k = Q(15)
    var l = Q(16)
    print("-- reassign")
    var o = Q(19)
    print("reassigning")
    o = Q(20)
    print("reassigned")
    use(o)
    o = Q(21)
    print("end 9")
