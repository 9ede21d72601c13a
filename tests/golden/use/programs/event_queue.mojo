# Event queue simulation, with traits and a priority queue of own making.
trait Distribution(Copyable, Movable):
    def draw(mut self) -> Float64: ...
    def name(self) -> String:
        return "some distribution"

struct Lcg(Copyable, Movable):
    var state: UInt64
    def __init__(out self, seed: UInt64):
        self.state = seed
    def next(mut self) -> Float64:
        self.state = self.state * 6364136223846793005 + 1442695040888963407
        return Float64(self.state >> 11) / Float64(1 << 53)

@fieldwise_init
struct Uniform(Distribution):
    var rng: Lcg
    var low: Float64
    var high: Float64
    def draw(mut self) -> Float64:
        return self.low + (self.high - self.low) * self.rng.next()

@fieldwise_init
struct Constant(Distribution):
    var value: Float64
    def draw(mut self) -> Float64:
        return self.value
    def name(self) -> String:
        return String(t"constant {self.value}")

@fieldwise_init
struct Event(Comparable, ImplicitlyCopyable, Movable, Writable):
    var time: Float64
    var id: Int
    def __lt__(self, other: Self) -> Bool:
        return (self.time, self.id) < (other.time, other.id)
    def __eq__(self, other: Self) -> Bool:
        return self.time == other.time and self.id == other.id
    def write_to(self, mut writer: Some[Writer]):
        t"event {self.id} at {self.time}".write_to(writer)

struct Heap[T: Comparable & ImplicitlyCopyable & Movable & Deinitable](Movable, Sized):
    var items: List[Self.T]
    def __init__(out self):
        self.items = []
    def __len__(self) -> Int:
        return len(self.items)
    def push(mut self, x: Self.T):
        self.items.append(x)
        var i = len(self.items) - 1
        while i > 0:
            var parent = (i - 1) // 2
            if not (self.items[i] < self.items[parent]):
                break
            self.items.swap_elements(i, parent)
            i = parent
    def pop(mut self) raises -> Self.T:
        if len(self) == 0:
            raise Error("empty heap")
        var top = self.items[0]
        var last = self.items.pop()
        if len(self.items) > 0:
            self.items[0] = last
            var i = 0
            while True:
                var c = 2 * i + 1
                if c >= len(self.items):
                    break
                if c + 1 < len(self.items) and self.items[c + 1] < self.items[c]:
                    c += 1
                if self.items[i] <= self.items[c]:
                    break
                self.items.swap_elements(i, c)
                i = c
        return top

def simulate[D: Distribution & Deinitable](var d: D, count: Int) raises -> Tuple[Float64, Int]:
    print("with", d.name())
    var h = Heap[Event]()
    for i in range(count):
        h.push(Event(d.draw(), i))
    var sum = 0.0
    var order = 0
    while len(h) > 0:
        var e = h.pop()
        sum = sum * 0.5 + e.time
        order = (order * 31 + e.id) % 1000003
        if len(h) % 10 == 0 and e.id % 2 == 0:
            print(e)
    return sum, order

def main() raises:
    var s, o = simulate(Uniform(Lcg(7), -1.0, 3.0), 50)
    print(s, o)
    print(simulate(Constant(2.5), 5))
    var h = Heap[Int]()
    try:
        print(h.pop())
    except e:
        print(e)
    for x in [5, 3, 8, 1, 9, 2]:
        h.push(x)
    while h.__len__():
        print(h.pop(), end=",")
    print()
