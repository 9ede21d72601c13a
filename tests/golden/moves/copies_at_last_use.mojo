# A copy at its variable's last use may be a move, but not while a pointer, a view or a closure still reads it
from std.memory import Pointer, UnsafePointer

@fieldwise_init
struct Name(ImplicitlyCopyable, Movable):
    var text: String
    var tag: Int

struct Holder(Movable):
    var a: String
    var b: Name
    def __init__(out self, a: String):
        self.a = a
        self.b = Name(a, 1)
    def swapped(mut self) -> String:
        var old = self.a
        self.a = old + "!"
        return old

def longest(a: String, b: String) -> String:
    var best = a
    if b.byte_length() > best.byte_length():
        best = b
    return best

def main():
    var s = String("a text that is long enough to live on the heap")
    var p = Pointer(to=s)
    var t = s
    print(p[], "|", t)
    var u = String("another text that is long enough for the heap")
    var view = u.as_bytes()
    var w = u
    print(len(view), view[0], w)
    var n = Name("name " * 10, 3)
    ref inner = n.text
    var m = n
    print(inner, m.text, m.tag)
    var total = 0
    var current = String("x" * 40)
    for i in range(3):
        var kept = current
        current = kept + String(i)
        total += kept.byte_length()
    print(current, total)
    var xs = List[String]()
    var word = String("word" * 12)
    for i in range(3):
        xs.append(word)
        if i == 1:
            word = "other" * 9
    print(xs, word)
    var h = Holder("h" * 50)
    print(h.swapped(), h.a, h.b.text)
    print(longest("a" * 30, "b" * 31), longest(word, "c"))
    var first = word
    var second = first
    first += "?"
    print(first, second)
    var d = Dict[String, String]()
    var key = String("key" * 20)
    d[key] = key
    d[key + "2"] = key
    print(len(d), key in d)
    var addr = UnsafePointer(to=key)
    var moved = key
    print(addr[], moved.byte_length())
    while True:
        var tmp = current
        if tmp.byte_length() > 44:
            break
        current = tmp + "."
    print(current)
    var pair = (word, 1)
    var copy_of = pair[0]
    print(pair[0], copy_of)
    def show() {imm word}:
        print("captured", word)
    var last = word
    show()
    print(last)
