"""Loops whose conditions use, move and make values."""


struct Loud(Movable):
    var name: Int

    def __init__(out self, name: Int):
        self.name = name
        print("make", name)

    def __deinit__(deinit self):
        print("end", self.name)

    def is_small(self) -> Bool:
        return self.name < 3


def eaten(var loud: Loud) -> Bool:
    print("eat", loud.name)
    return loud.name < 3


def made(name: Int) raises -> Loud:
    if name == 5:
        raise Error("five")
    return Loud(name)


def otherwise(stop: Int):
    var x = Loud(50)
    var n = 0
    while n < 3:
        n += 1
        if n == stop:
            break
    else:
        print(eaten(x^))
        return
    print("broken", x.name)


def main() raises:
    var a = Loud(1)
    while a.is_small():
        a = Loud(a.name + 1)
    print("first done")
    var b = Loud(1)
    var n = 1
    while eaten(b^):
        n += 1
        b = Loud(n)
    print("second done")
    b = Loud(10)
    while n < 6:
        n += 1
        if n == 5:
            continue
        b = Loud(10 + n)
        if n == 6:
            break
    print(b.name)
    var c = Loud(20)
    try:
        for i in range(4, 9):
            c = made(i)
            print("got", c.name)
    except error:
        print("caught", error)
        c = Loud(21)
    print(c.name)
    var list = List[Loud]()
    try:
        while True:
            list.append(made(len(list) + 2))
    except error:
        print(error, len(list))
    for i in range(3):
        var d = made(30 + i)
        if i == 0:
            continue
        list.append(d^)
        d = made(40 + i)
        if i == 1:
            continue
        print("last", d.name)
    print(len(list))
    otherwise(9)
    otherwise(1)
