struct Upper(Writer, Movable):
    var text: String
    var calls: Int
    def __init__(out self):
        self.text = ""
        self.calls = 0
    def write_string(mut self, s: StringSlice):
        self.text += String(s).upper()
        self.calls += 1

@fieldwise_init
struct Pt(Writable, Copyable, Movable):
    var x: Int
    var y: Int
    def write_to(self, mut writer: Some[Writer]):
        writer.write("(", self.x, "; ", self.y, ")")

def emit[W: Writer](mut w: W, p: Pt):
    w.write("point ", p, " and ", 2.5, "\n")
    p.write_to(w)

struct Countdown(Iterable, Iterator, Copyable, Movable):
    comptime Element = Int
    comptime IteratorType[iterable_mut: Bool, //, iterable_origin: Origin[mut=iterable_mut]]: Iterator = Self
    var n: Int
    def __init__(out self, n: Int):
        self.n = n
    def __iter__(ref self) -> Self.IteratorType[origin_of(self)]:
        return self.copy()
    def __next__(mut self) raises StopIteration -> Int:
        if self.n <= 0:
            raise StopIteration()
        self.n -= 1
        return self.n + 1

struct Guard:
    var name: String
    def __init__(out self, name: String):
        self.name = name
    def __enter__(mut self) -> Int:
        print("enter", self.name)
        return self.name.byte_length()
    def __exit__(mut self):
        print("exit", self.name)
    def __exit__(mut self, err: Error) raises -> Bool:
        print("error in", self.name, err)
        return self.name == "swallow"

def main() raises:
    var u = Upper()
    emit(u, Pt(1, 2))
    print(u.text)
    for i in Countdown(3):
        print(i, end=" ")
    print()
    with Guard("abc") as n:
        print("inside", n)
    with Guard("swallow"):
        raise Error("oops")
    try:
        with Guard("pass"):
            raise Error("through")
    except e:
        print("got", e)
    var total = 0
    for i, v in enumerate(Countdown(4)):
        total += i * v
    print(total)
    for a, b in zip(Countdown(3), ["x", "y", "z"]):
        print(a, b, end=";")
    print()
    print(String(Pt(3, 4)), "{}".format(Pt(5, 6)), t"{Pt(7, 8)}")
