"""ArcPointer and OwnedPointer."""

from std.memory import ArcPointer, OwnedPointer


struct Loud(Movable):
    var n: Int

    def __init__(out self, n: Int):
        self.n = n

    def __deinit__(deinit self):
        print("end", self.n)


def main():
    var a = ArcPointer(3)
    var b = a
    b[] += 4
    print(a[], b[], a.count(), a is b)
    var c = ArcPointer(7)
    print(a is c, a is not c, a[] == c[])
    var o = OwnedPointer(Loud(1))
    o[].n = 5
    print(o[].n)
    _ = o^
    var shared = ArcPointer(Loud(9))
    var list = [shared, shared]
    print(shared.count(), list[0][].n)
    _ = list^
    print(shared.count())
