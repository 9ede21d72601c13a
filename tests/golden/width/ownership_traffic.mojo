@fieldwise_init
struct Person(Copyable, Movable, Writable):
    var name: String
    var tags: List[String]

struct Holder(Copyable, Movable):
    var p: Person
    var n: Int
    def __init__(out self, var p: Person):
        self.n = len(p.tags)
        self.p = p^
    def swap(mut self, var q: Person) -> Person:
        var old = self.p.copy()
        self.p = q^
        return old^

def mk(i: Int) -> Person:
    var t = List[String]()
    for k in range(i % 5):
        t.append(String("tag") + String(k))
    return Person("n" + String(i), t^)

def consume(var p: Person) -> Int:
    return len(p.tags) + p.name.byte_length()

def maybe(i: Int) raises -> Person:
    var p = mk(i)
    if i % 3 == 0:
        raise Error("bad " + p.name)
    return p^

def pair(i: Int) -> Tuple[String, Int]:
    var l = List[Int]()
    l.append(i)
    return (String(i), l[0])

def cond_move(i: Int) -> Int:
    var p = mk(i)
    if i % 2 == 0:
        return consume(p^)
    var q = p^
    return len(q.tags)

def main():
    var total = 0
    var keep = List[Person]()
    for i in range(60000):
        var h = Holder(mk(i))
        var old = h.swap(mk(i + 1))
        total += consume(old^) + consume(h.p.copy())
        try:
            var m = maybe(i)
            total += consume(m^)
        except e:
            total += String(e).byte_length()
        var s, l = pair(i)
        total += s.byte_length() + l
        total += cond_move(i)
        if len(keep) > 10:
            keep.clear()
        keep.append(mk(i))
        keep[0] = mk(i + 2)
        var last = keep.pop()
        total += last.name.byte_length()
        keep.append(last^)
        var x = String("a")
        x = x + "b"
        x = x
        var y = x
        y += x
        total += y.byte_length()
        if i % 7 == 0:
            continue
        var t = (i, y, keep[0].name)
        total += t[1].byte_length() + t[2].byte_length()
    print(total)
