struct Counter:
    var count: Int
    var step: Int

    def __init__(out self):
        self.count = 0
        self.step = 1

    def __init__(out self, step: Int):
        self.count = 0
        self.step = step

    def __init__(out self, start: Int, *, step: Int):
        self.count = start
        self.step = step

    def advance(mut self) -> Int:
        self.count += self.step
        return self.count


def main():
    var a = Counter()
    var b = Counter(5)
    var c = Counter(100, step=-10)
    for _ in range(3):
        print(a.advance(), b.advance(), c.advance())
    print(a.count, b.count, c.count)
