@fieldwise_init
struct Random(Copyable, Movable):
    var state: UInt64

    def next(mut self) -> UInt64:
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state

    def uniform(mut self) -> Float64:
        return Float64(self.next() >> 11) / 9007199254740992.0


def main():
    var random = Random(88172645463325252)
    for _ in range(3):
        print(random.next(), random.uniform())
    var inside = 0
    for _ in range(100000):
        var x = random.uniform()
        var y = random.uniform()
        if x * x + y * y < 1.0:
            inside += 1
    print(inside, 4.0 * Float64(inside) / 100000.0)
