@fieldwise_init
struct Operation(Copyable, Movable):
    var name: String
    var run: def(Int, Int) thin -> Int


struct Table:
    var all: List[Operation]
    var current: def(Int, Int) thin -> Int

    def __init__(out self):
        self.all = []
        self.current = plus

    def add(mut self, name: String, f: def(Int, Int) thin -> Int):
        self.all.append(Operation(name, f))


def plus(a: Int, b: Int) -> Int:
    return a + b


def minus(a: Int, b: Int) -> Int:
    return a - b


def times(a: Int, b: Int) -> Int:
    return a * b


def main() raises:
    var table = Table()
    table.add("plus", plus)
    table.add("minus", minus)
    table.add("times", times)
    for op in table.all:
        print(op.name, op.run(7, 3))
    print(table.current(1, 2))
    table.current = minus
    print(table.current(1, 2))
    var fs: List[def(Int, Int) thin -> Int] = [plus, minus]
    fs.append(times)
    for i in range(len(fs)):
        print(fs[i](5, 4))
    var d = Dict[String, def(Int, Int) thin -> Int]()
    d["+"] = plus
    d["-"] = minus
    print(d["+"](7, 2), d["-"](7, 2))
    var t = (plus, 1)
    print(t[0](6, t[1]))
    var op = Optional[def(Int, Int) thin -> Int](times)
    print(op.value()(3, 3))
