@fieldwise_init
struct Inner(Copyable, Movable):
    var value: Int
    var tag: String


@fieldwise_init
struct Outer(Copyable, Movable):
    var left: Inner
    var right: Inner
    var numbers: List[Int]


def touch(mut o: Outer):
    o.left.value += 1
    o.right.tag += "!"
    o.numbers.append(o.left.value)
    o.numbers[0] = 42


def main():
    var o = Outer(Inner(1, "l"), Inner(2, "r"), [7, 8])
    var before = o.copy()
    touch(o)
    touch(o)
    print(o.left.value, o.right.tag, o.numbers)
    print(before.left.value, before.right.tag, before.numbers)
    o.left = Inner(9, "new")
    print(o.left.value, o.left.tag)
    var moved = o^
    print(moved.left.tag, moved.numbers)
