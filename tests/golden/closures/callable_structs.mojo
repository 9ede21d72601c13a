struct Scale(Copyable):
    var factor: Int
    var calls: Int

    def __init__(out self, factor: Int):
        self.factor = factor
        self.calls = 0

    def __call__(self, x: Int) -> Int:
        return self.factor * x

    def __call__(mut self, x: Int, y: Int) -> Int:
        self.calls += 1
        return self.factor * x + y


def main():
    var s = Scale(3)
    print(s(4), s(4, 5), s.calls)
    print(Scale(5)(6))

    def wrap(x: Int) {mut s} -> Int:
        return s(x, 1) + s(x)

    print(wrap(10), s.calls)
