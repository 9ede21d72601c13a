"""Values that are moved on some of the ways only: every one is destroyed once, and the one that holds it last."""


struct Loud(Movable):
    var name: Int

    def __init__(out self, name: Int):
        self.name = name
        print("make", name)

    def __deinit__(deinit self):
        print("end", self.name)


def consume(var loud: Loud):
    print("consume", loud.name)


def keep(mut list: List[Int], var loud: Loud):
    list.append(loud.name)


def fail(var loud: Loud, number: Int) raises:
    if number > 2:
        raise Error("too many: " + String(loud.name))
    print("kept", loud.name)


def on_one_way(number: Int):
    var loud = Loud(number)
    if number % 2 == 0:
        consume(loud^)
    else:
        print("odd")
    print("leave", number)


def refilled() -> Int:
    var loud = Loud(10)
    var sum = 0
    for i in range(5):
        if i % 2 == 1:
            consume(loud^)
            loud = Loud(11 + i)
        if i == 3:
            sum += loud.name
            return sum
        sum += loud.name
    return sum


def left_early(stop: Int) -> Int:
    var seen = List[Int]()
    for i in range(4):
        var loud = Loud(20 + i)
        if i == stop:
            keep(seen, loud^)
            break
        if i == 0:
            keep(seen, loud^)
            continue
        print("stays", loud.name)
    return len(seen)


def raised_within() raises:
    var last = Loud(30)
    var number = 0
    while True:
        number += 1
        fail(last^, number)
        last = Loud(30 + number)


def caught(number: Int):
    var loud = Loud(40 + number)
    try:
        if number == 1:
            raise Error("first")
        fail(loud^, number)
        loud = Loud(50)
        if number == 2:
            raise Error("second")
    except error:
        print("caught", error)
        loud = Loud(60)
    print("after", loud.name)


def exchanged(mut loud: Loud, number: Int):
    if number == 0:
        loud = Loud(70)
        return
    var other = Loud(71)
    swap(loud, other)
    print("swapped", loud.name, other.name)


def built(number: Int) raises -> List[Loud]:
    var list = List[Loud]()
    for i in range(number):
        var loud = Loud(80 + i)
        if i == 2:
            raise Error("no room")
        list.append(loud^)
    return list^


def nested(number: Int) -> Int:
    var outer = Loud(90)
    var i = 0
    while i < 3:
        var inner = Loud(91 + i)
        for k in range(3):
            if k == 1 and i == 1:
                consume(outer^)
                if number == 1:
                    return i
                outer = inner^
                inner = Loud(99)
        i += 1
        print("turn", i, inner.name, outer.name)
    return 0


def main():
    on_one_way(1)
    on_one_way(2)
    print(refilled())
    print(left_early(2))
    print(left_early(9))
    try:
        raised_within()
    except error:
        print(error)
    caught(1)
    caught(2)
    caught(3)
    var loud = Loud(100)
    exchanged(loud, 0)
    exchanged(loud, 1)
    consume(loud^)
    try:
        print(len(built(2)))
        print(len(built(4)))
    except error:
        print(error)
    print(nested(0))
    print(nested(1))
