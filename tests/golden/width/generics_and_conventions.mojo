from std.sys import argv

struct Box[T: Copyable & Deinitable](Copyable, Movable):
    var item: Self.T
    def __init__(out self, var item: Self.T):
        self.item = item^
    def get(self) -> Self.T:
        return self.item.copy()
    def set(mut self, var v: Self.T):
        self.item = v^

struct Stack[T: Copyable & Deinitable, cap: Int = 8](Copyable, Movable):
    var data: List[Self.T]
    def __init__(out self):
        self.data = List[Self.T](capacity=Self.cap)
    def push(mut self, var x: Self.T) raises:
        if len(self.data) >= Self.cap:
            raise "full"
        self.data.append(x^)
    def size(self) -> Int:
        return len(self.data)

@fieldwise_init
struct Person(Copyable, Movable, Writable):
    var name: String
    var tags: List[String]
    def write_to(self, mut w: Some[Writer]):
        w.write("<", self.name, ":", len(self.tags), ">")

def say(s: String) -> Bool:
    print("say", s)
    return True

def no(s: String) -> Bool:
    print("no", s)
    return False

def kw(a: Int, b: Int = 2, *, c: Int = 3) -> Int:
    return a * 100 + b * 10 + c

def over(x: Int) -> String:
    return "int"
def over(x: Float64) -> String:
    return "float"
def over(x: String) -> String:
    return "string"
def over(x: Int, y: Int) -> String:
    return "two"

def fib(n: Int) -> Int:
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)

def take(var xs: List[Int]) -> Int:
    xs.append(1)
    return len(xs)

def counter(mut n: Int) -> Int:
    n += 1
    return n

def cond(n: Int) -> Int:
    var r: Int
    if n > 0:
        r = 1
    elif n < 0:
        r = -1
    else:
        r = 0
    return r

def early(xs: List[Int]) -> Int:
    for i in range(len(xs)):
        if xs[i] == 3:
            return i
    else:
        print("not found")
    return -1

def main():
    var b = Box[Int](5)
    b.set(7)
    print(b.get(), b.item)
    var bs = Box(String("hi"))
    print(bs.get())
    var st = Stack[Int, 2]()
    try:
        st.push(1)
        st.push(2)
        st.push(3)
    except e:
        print("error:", e, st.size())
    var p = Person("ann", [String("x"), String("y")])
    print(p, p.name)
    var people = List[Person]()
    people.append(p^)
    people.append(Person(name="bob", tags=List[String]()))
    print(people)
    for ref q in people:
        q.name += "!"
        q.tags.append("new")
    for q in people:
        print(q.name, len(q.tags), q.tags)
    if say("a") and no("b") or say("c"):
        print("yes")
    print(say("x") if fib(5) == 5 else no("y"))
    print(kw(1), kw(1, 5), kw(1, c=9), kw(a=4, b=5, c=6))
    print(over(1), over(1.0), over("s"), over(1, 2))
    print(fib(20))
    var xs: List[Int] = [1, 2, 3]
    print(take(xs.copy()), len(xs), take(xs^))
    var n = 0
    print(counter(n) + counter(n) * 10, n)
    var a = n + counter(n)
    print(a)
    print(cond(5), cond(-5), cond(0))
    print(early([1, 2, 3]))
    var k = 0
    while counter(k) < 4:
        print(k, end=" ")
    else:
        print("end")
    var t: Tuple[Int, String] = (1, "one")
    var num, word = t
    print(num, word, t)
    var ts = List[Tuple[Int, String]]()
    ts.append((3, "three"))
    ts.append((4, String("four")))
    print(ts, ts[1][0], ts[0][1])
    var i = 5
    i -= 1; i *= 3
    i //= 2
    i **= 2
    i %= 7
    i <<= 2
    i |= 1
    print(i)
    var f = 7.5
    f //= 2
    f %= 2.0
    print(f, -7.5 // 2.0, -7.5 % 2.0)
    var words = String("the quick brown fox").split(" ")
    print(len(words), words[1])
    var sref = String("")
    for w in words:
        sref += String(w) + "-"
    print(sref)
    for c in range(3):
        for d in range(3):
            if d == 2:
                continue
            if c == 2:
                break
            print(c, d, end="; ")
    print()
    print(len(argv()) > 0)
    try:
        try:
            raise Error("inner")
        finally:
            print("final")
    except e2:
        print("outer", e2)
    var m: Int = 3
    var q1 = Float64(m) * 0.5 + 1 / 4
    print(q1, m / 2, Float64(m) / 2)
    var un: UInt64 = 1 << 63
    print(un >> 3, UInt32(7) % 4, Int16(300) * 200)
    print("é" + "x", "tab\tq\"uote", 'single')
    print(1e16, 1e-5, 123456789.125, 1e300 * 10, 0.1 + 0.2)
    print(True, False, not (3 > 2), 3 != 4)
    var nested: List[List[Int]] = [[1, 2], [3]]
    print(nested, nested[0][1])
    nested[1].append(9)
    print(nested[1])
    var cp = nested.copy()
    cp[0][0] = 42
    print(nested[0][0], cp[0][0])
    _ = xs_len(nested)
    print(2.0 ** 0.5 > 1.41)

def xs_len(x: List[List[Int]]) -> Int:
    return len(x)
