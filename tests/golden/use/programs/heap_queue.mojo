"""A generic priority queue, and Dijkstra's algorithm over a grid with it."""


struct HeapQueue[T: Copyable & Movable & Comparable & Deinitable](Sized):
    var items: List[Self.T]

    def __init__(out self):
        self.items = List[Self.T]()

    def __len__(self) -> Int:
        return len(self.items)

    def push(mut self, var item: Self.T):
        self.items.append(item^)
        var at = len(self.items) - 1
        while at > 0:
            var parent = (at - 1) // 2
            if not (self.items[at] < self.items[parent]):
                break
            self.items.swap_elements(at, parent)
            at = parent

    def pop(mut self) -> Self.T:
        self.items.swap_elements(0, len(self.items) - 1)
        var top = self.items.pop()
        var at = 0
        while True:
            var least = at
            for child in range(2 * at + 1, min(2 * at + 3, len(self.items))):
                if self.items[child] < self.items[least]:
                    least = child
            if least == at:
                return top^
            self.items.swap_elements(at, least)
            at = least


@fieldwise_init
struct Step(ImplicitlyCopyable, Movable, Comparable):
    var cost: Int
    var row: Int
    var col: Int

    def __lt__(self, other: Self) -> Bool:
        return self.cost < other.cost

    def __eq__(self, other: Self) -> Bool:
        return self.cost == other.cost


def cheapest(grid: List[List[Int]]) -> Int:
    var rows = len(grid)
    var cols = len(grid[0])
    var best = List[Int](length=rows * cols, fill=Int.MAX)
    var queue = HeapQueue[Step]()
    queue.push(Step(grid[0][0], 0, 0))
    best[0] = grid[0][0]
    while len(queue) > 0:
        var step = queue.pop()
        if step.row == rows - 1 and step.col == cols - 1:
            return step.cost
        if step.cost > best[step.row * cols + step.col]:
            continue
        comptime for direction in range(4):
            comptime down = [1, 0, -1, 0][direction]
            comptime right = [0, 1, 0, -1][direction]
            var row = step.row + down
            var col = step.col + right
            if 0 <= row < rows and 0 <= col < cols:
                var cost = step.cost + grid[row][col]
                if cost < best[row * cols + col]:
                    best[row * cols + col] = cost
                    queue.push(Step(cost, row, col))
    return -1


def main():
    var numbers = HeapQueue[Int]()
    for x in [5, 3, 8, 1, 9, 2, 7]:
        numbers.push(x)
    while len(numbers) > 0:
        print(numbers.pop(), end=" ")
    print()
    var words = HeapQueue[String]()
    for w in String("pear fig apple kiwi").split():
        words.push(String(w))
    print(words.pop(), words.pop(), len(words))
    var grid: List[List[Int]] = [[(i * 7 + j * 13) % 10 + 1 for j in range(9)] for i in range(7)]
    print(cheapest(grid))
