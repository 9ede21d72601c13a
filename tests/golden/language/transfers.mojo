"""`^` gives a value away: into arguments, results, fields and lists."""


struct Tag(Movable, Writable):
    var name: String

    def __init__(out self, var name: String):
        self.name = name^

    def write_to(self, mut w: Some[Writer]):
        w.write("<", self.name, ">")


struct Holder(Movable):
    var tag: Tag
    var all: List[String]

    def __init__(out self, var tag: Tag):
        self.tag = tag^
        self.all = List[String]()

    def add(mut self, var s: String):
        self.all.append(s^)

    def done(deinit self) -> Tag:
        return self.tag^


def pass_on(var t: Tag) -> Tag:
    return t^


def main():
    var t = Tag("a")
    var u = pass_on(t^)
    print(u)
    var h = Holder(u^)
    var s = String("x")
    h.add(s)
    s += "y"
    h.add(s^)
    print(h.all, h.tag)
    print(h^.done())
