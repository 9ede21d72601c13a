"""References into containers that stay good, and are taken again after a change."""

from std.collections import Deque


struct Pair:
    var left: List[Int]
    var right: List[Int]

    def __init__(out self):
        self.left = [1, 2]
        self.right = [10]


struct Cell[T: Copyable & Deinitable](Movable):
    var _items: List[Self.T]

    def __init__(out self, var value: Self.T):
        self._items = [value^]

    @__unsafe_nested_origins_read_only
    def get(ref self) -> ref[self._items] List[Self.T]:
        return self._items


def largest(ref items: List[Int]) -> Span[Int, origin_of(items)]:
    return Span(items)


def main() raises:
    var list: List[Int] = [1, 2, 3]
    ref first = list[0]
    ref second = list[1]
    first = 10
    second = first + 5
    print(list, first, second)
    list.append(4)
    ref again = list[0]
    again += 1
    print(list, again)

    var pair = Pair()
    ref right = pair.right[0]
    pair.left.append(3)
    right += 1
    print(pair.left, pair.right, right)

    var cell = Cell(7)
    ref held = cell.get()
    held.append(8)
    print(cell.get())

    var words: List[String] = []
    var text = String("a few words")
    for word in text.split(" "):
        words.append(String(word))
    var start = String(text[byte=0:1])
    text += "!"
    print(words, start, text)

    var table: Dict[String, List[Int]] = {"a": [1]}
    ref inner = table["a"]
    inner.append(2)
    table["a"].append(3)
    print(inner)

    var queue = Deque[Int](1, 2)
    ref head = queue[0]
    head = 5
    print(queue[0], len(largest(list)))

    if len(list) > 100:
        list.append(0)
    var slice = list[0:2]
    while len(list) < 7:
        print(slice[1])
        list.append(len(list))
        slice = list[0:2]
    print(list)
