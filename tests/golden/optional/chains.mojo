"""Optional: map, and_then, or_else and the like."""


def double(var x: Int) -> Int:
    return x * 2


def half(var x: Int) -> Optional[Int]:
    if x % 2 == 0:
        return x // 2
    return None


def main():
    var some = Optional(21)
    var none = Optional[Int]()
    print(some.map(double), none.map(double))
    print(some.and_then(half), Optional(8).and_then(half))
    print(some.or_else(1), none.or_else(1))
    print(some.bounds()[0], none.bounds()[0])
    var s = Optional(String("text"))
    print(s.take(), s)
    print(repr(some), repr(none), repr(Optional(String("q"))))
    print(hash(some) == hash(Optional(21)))
    var nested = Optional(Optional(1))
    print(nested.value().value())
    if some and not none:
        print("truth")
    var p = Optional([1, 2, 3])
    p.value()[0] = 9
    print(p.value()[0])
    for x in some:
        print("has", x)
    some = None
    print(some is None, some is not None, some == None, some != None)
    print(none.or_else(3) + 1)
    var last = Optional(5)
    print(last.unsafe_value())
    print(last.unsafe_take(), last.bounds()[1])
    print(last)
