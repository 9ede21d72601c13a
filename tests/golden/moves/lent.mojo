"""Copies of what is lent with `mut` become moves where a new value is to come."""


struct Loud(ImplicitlyCopyable, Movable):
    var name: Int

    def __init__(out self, name: Int):
        self.name = name
        print("make", name)

    def __init__(out self, *, copy: Self):
        self.name = copy.name
        print("copy", copy.name)

    def __init__(out self, *, deinit move: Self):
        self.name = move.name
        print("move", move.name)

    def __deinit__(deinit self):
        print("end", self.name)


def replaced(mut x: Loud):
    var y = x
    x = Loud(5)
    print("both", x.name, y.name)


def kept(mut x: Loud):
    var y = x
    print("y", y.name)
    y = Loud(6)
    print("both", x.name, y.name)


def taken(mut x: Loud) raises:
    var y = x
    if y.name > 4:
        raise Error("large")
    x = Loud(9)
    print(y.name)


def main():
    var a = Loud(1)
    replaced(a)
    kept(a)
    try:
        taken(a)
    except e:
        print(e, a.name)
