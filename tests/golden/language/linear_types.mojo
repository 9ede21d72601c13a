"""Values without an end of their own are consumed by a method; so are boxes of them."""


struct Handle(Deinitable where False, Movable):
    var id: Int

    def __init__(out self, id: Int):
        self.id = id

    def close(deinit self) -> Int:
        return self.id


struct Box[T: Movable](Deinitable where conforms_to(T, Deinitable)):
    var value: Self.T

    def __init__(out self, var value: Self.T):
        self.value = value^

    def take(deinit self) -> Self.T:
        return self.value^


def first(flag: Bool) -> Int:
    var h = Handle(42)
    if flag:
        return h^.close()
    _ = h^.close()
    return -1


def consume(var h: Handle) -> Int:
    return h^.close() * 10


def main():
    var h = Handle(3)
    print(h^.close())
    var b = Box(Handle(4))
    print(b^.take().close())
    var c = Box(5)
    print(c.value)
    print(conforms_to(Handle, Deinitable), conforms_to(Box[Int], Deinitable), conforms_to(Box[Handle], Deinitable))
    print(first(True), first(False), consume(Handle(2)))
