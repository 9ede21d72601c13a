# LRU-ish cache, intrusive lists via indexes, generic trait dispatch via Variant, error types
from std.utils import Variant
from std.memory import ArcPointer, OwnedPointer

@fieldwise_init
struct Circle(Copyable, Movable):
    var r: Float64
    def area(self) -> Float64:
        return 3.0 * self.r * self.r

@fieldwise_init
struct Rect(Copyable, Movable):
    var w: Float64
    var h: Float64
    def area(self) -> Float64:
        return self.w * self.h

comptime Shape = Variant[Circle, Rect]

def area(s: Shape) -> Float64:
    if s.isa[Circle]():
        return s[Circle].area()
    return s[Rect].area()

@fieldwise_init
struct NotFound(Writable, Copyable, Movable):
    var key: String
    def write_to(self, mut w: Some[Writer]):
        w.write("no '", self.key, "' here")

struct Store[V: Copyable & Movable & Deinitable](Movable):
    var items: Dict[String, ArcPointer[Self.V]]
    var hits: Int
    def __init__(out self):
        self.items = {}
        self.hits = 0
    def put(mut self, key: String, var value: Self.V):
        self.items[key] = ArcPointer(value^)
    def get(mut self, key: String) raises NotFound -> ArcPointer[Self.V]:
        var found = self.items.get(key)
        if not found:
            raise NotFound(key)
        self.hits += 1
        return found.value()

struct Noisy(Movable):
    var id: Int
    def __init__(out self, id: Int):
        self.id = id
        print("made", id)
    def __deinit__(deinit self):
        print("gone", self.id)

def make(n: Int) -> List[Noisy]:
    var out = List[Noisy]()
    for i in range(n):
        out.append(Noisy(i))
    return out^

def main() raises:
    var shapes: List[Shape] = [Shape(Circle(1.0)), Shape(Rect(2, 3))]
    for s in shapes:
        print(area(s))
    var st = Store[List[Int]]()
    st.put("a", [1, 2])
    try:
        var p = st.get("a")
        p[].append(3)
        print(st.get("a")[], st.hits, p.count())
        print(st.get("zz")[])
    except e:
        print(e, e.key)
    var xs = make(3)
    var taken = xs.pop(1)
    print(len(xs), taken.id)
    _ = xs^
    print("after xs")
    var y = taken^
    print("end", y.id)
