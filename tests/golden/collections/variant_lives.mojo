"""A Variant destroys the value that it holds, of its type."""

from std.utils import Variant


struct Loud(Copyable, Movable):
    var name: String

    def __init__(out self, name: String):
        self.name = name
        print("make", name)

    def __deinit__(deinit self):
        print("end", self.name)


struct Quiet(Copyable, Movable):
    var number: Int

    def __init__(out self, number: Int):
        self.number = number

    def __deinit__(deinit self):
        print("end of number", self.number)


def main():
    var v = Variant[Loud, Quiet](Loud("one"))
    print("holds Loud", v.isa[Loud]())
    v.set(Quiet(2))
    print("holds Quiet", v.isa[Quiet]())
    v = Loud("three")
    print(v[Loud].name)
    var taken = v^.unwrap[Loud]()
    print("taken", taken.name)
    _ = taken^
    var list = List[Variant[Loud, Quiet]]()
    list.append(Quiet(4))
    list.append(Loud("five"))
    print(len(list))
