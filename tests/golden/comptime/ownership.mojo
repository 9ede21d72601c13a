@fieldwise_init
struct Box(Copyable, Movable):
    var items: List[String]


def fill(n: Int) -> Box:
    var items = List[String]()
    for i in range(n):
        items.append("item " + String(i))
    return Box(items^)


def take(var box: Box) -> Int:
    box.items.append("more")
    return len(box.items)


comptime BOX = fill(3)


def main():
    var box = materialize[BOX]()
    var copy = box.copy()
    copy.items[0] = "changed"
    print(box.items, copy.items)
    print(take(box^), take(materialize[BOX]()))
    for i in range(3):
        var again = materialize[BOX]()
        again.items.append(String(i))
        print(len(again.items), again.items[3])
    comptime count = take(BOX)
    print(count)
