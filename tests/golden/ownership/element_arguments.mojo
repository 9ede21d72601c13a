def bump(mut x: Int):
    x += 1


def shout(mut s: String):
    s += "!"


@fieldwise_init
struct Box(Copyable, Movable):
    var label: String
    var sizes: List[Int]


def grow(mut b: Box, by: Int):
    for i in range(len(b.sizes)):
        bump(b.sizes[i])
        b.sizes[i] *= by
    shout(b.label)


def main():
    var xs: List[Int] = [1, 2, 3]
    bump(xs[1])
    print(xs)
    var names: List[String] = ["a", "b"]
    shout(names[0])
    print(names)
    var boxes = List[Box]()
    boxes.append(Box("one", [1, 2]))
    boxes.append(Box("two", [3]))
    for i in range(len(boxes)):
        grow(boxes[i], 10)
        shout(boxes[i].label)
        bump(boxes[i].sizes[0])
    for b in boxes:
        print(b.label, b.sizes)
