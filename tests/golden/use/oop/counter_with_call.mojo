struct Counter:
    var count: Int

    def __init__(out self):
        self.count = 0

    def __call__(mut self, by: Int = 1) -> Int:
        self.count += by
        return self.count

    def __getitem__(self, i: Int) -> Int:
        return self.count * i

    def __len__(self) -> Int:
        return self.count

    def __contains__(self, x: Int) -> Bool:
        return x < self.count

    def __bool__(self) -> Bool:
        return self.count > 0


def main():
    var c = Counter()
    print("yes" if c else "no")
    print(c(), c(5), c[3], 4 in c, 9 in c)
    print("yes" if c else "no")
