struct Counter(Movable):
    var total: Int
    var log: List[Int]

    def __init__(out self):
        self.total = 0
        self.log = List[Int]()

    def run(mut self, n: Int):
        def add(i: Int) {mut self}:
            self.total += i
            self.log.append(self.total)

        for i in range(n):
            add(i)

    def scaled(self, factor: Int) -> List[Int]:
        def one(x: Int) {imm factor, imm self} -> Int:
            return x * factor + self.total

        var result = List[Int]()
        for x in self.log:
            result.append(one(x))
        return result^


def main():
    var c = Counter()
    c.run(5)
    print(c.total, c.log)
    print(c.scaled(2))
