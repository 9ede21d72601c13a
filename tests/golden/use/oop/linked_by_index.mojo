struct Chain:
    var values: List[Int]
    var nexts: List[Int]
    var first: Int

    def __init__(out self):
        self.values = List[Int]()
        self.nexts = List[Int]()
        self.first = -1

    def push(mut self, value: Int):
        self.values.append(value)
        self.nexts.append(self.first)
        self.first = len(self.values) - 1

    def reverse(mut self):
        var before = -1
        var at = self.first
        while at != -1:
            var after = self.nexts[at]
            self.nexts[at] = before
            before = at
            at = after
        self.first = before

    def text(self) -> String:
        var out_ = String()
        var at = self.first
        while at != -1:
            out_ += String(self.values[at]) + " "
            at = self.nexts[at]
        return out_


def main():
    var chain = Chain()
    for i in range(6):
        chain.push(i * i)
    print(chain.text())
    chain.reverse()
    print(chain.text())
