@fieldwise_init
struct P(Copyable, ImplicitlyCopyable):
    var x: Int

    def get(self, y: Int) -> Int:
        return self.x + y

    def put(mut self, y: Int):
        self.x = y

    @staticmethod
    def twice(y: Int) -> Int:
        return y * 2


def risky(a: Int) raises -> Int:
    if a > 2:
        raise Error("big")
    return a


def call(f: def(Int) raises thin -> Int, x: Int) raises -> Int:
    return f(x)


def main() raises:
    var st: def(Int) thin -> Int = P.twice
    print(st(4))
    var get: def(P, Int) thin -> Int = P.get
    print(get(P(4), 5))
    var put: def(mut P, Int) thin -> None = P.put
    var p = P(1)
    put(p, 9)
    print(p.x)
    print(call(risky, 1))
    try:
        print(call(risky, 3))
    except e:
        print(e)
