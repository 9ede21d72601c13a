# A program of a hundred lines, such as people write: a small stock ledger. The latency benchmark compiles it.
from std.math import sqrt

comptime SHELVES = 4


@fieldwise_init
struct Item(Copyable, Movable):
    """What lies on a shelf."""

    var name: String
    var shelf: Int
    var count: Int
    var price: Float64

    def value(self) -> Float64:
        return Float64(self.count) * self.price


struct Stock(Movable):
    """All items, and what was done with them."""

    var items: List[Item]
    var log: List[String]
    var moves: Int

    def __init__(out self):
        self.items = List[Item]()
        self.log = List[String]()
        self.moves = 0

    def find(self, name: String) raises -> Int:
        for i in range(len(self.items)):
            if self.items[i].name == name:
                return i
        raise Error("no such item: " + name)

    def receive(mut self, name: String, count: Int, price: Float64) raises:
        if count <= 0:
            raise Error("nothing received of " + name)
        self.items.append(Item(name, len(self.items) % SHELVES, count, price))
        self.log.append("received " + String(count) + " " + name)
        self.moves += 1

    def sell(mut self, name: String, count: Int) raises -> Float64:
        var index = self.find(name)
        if self.items[index].count < count:
            raise Error("only " + String(self.items[index].count) + " of " + name + " left")
        self.items[index].count -= count
        self.log.append("sold " + String(count) + " " + name)
        self.moves += 1
        return Float64(count) * self.items[index].price


def shelf_values(stock: Stock) -> List[Float64]:
    var values = List[Float64]()
    for _ in range(SHELVES):
        values.append(0.0)
    for i in range(len(stock.items)):
        values[stock.items[i].shelf] += stock.items[i].value()
    return values^


def mean_and_deviation(values: List[Float64]) -> Tuple[Float64, Float64]:
    var total = 0.0
    for i in range(len(values)):
        total += values[i]
    var mean = total / Float64(len(values))
    var squares = 0.0
    for i in range(len(values)):
        squares += (values[i] - mean) * (values[i] - mean)
    return (mean, sqrt(squares / Float64(len(values))))


def main() raises:
    var stock = Stock()
    var names: List[String] = ["bolt", "nut", "washer", "screw", "nail", "hinge", "latch"]
    for i in range(len(names)):
        stock.receive(names[i], 10 * (i + 1), 0.25 * Float64(i + 2))
    var income = 0.0
    var refused = 0
    for round in range(1, 6):
        for i in range(len(names)):
            try:
                income += stock.sell(names[i], 3 * round + i)
            except error:
                refused += 1
                print("round", round, "refused:", error)
    try:
        income += stock.sell("spring", 1)
    except error:
        print(error)
    var values = shelf_values(stock)
    var summary = mean_and_deviation(values)
    for shelf in range(len(values)):
        print("shelf", shelf, "holds", values[shelf], sep=" ")
    print("income", income, "moves", stock.moves, "refused", refused)
    print("mean", summary[0], "deviation", summary[1])
    print("last:", stock.log[len(stock.log) - 1], end="\n")
