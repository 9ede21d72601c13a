"""Union-find with path halving, and the lightest spanning tree of a graph."""


struct Sets:
    var parents: List[Int]
    var sizes: List[Int]
    var count: Int

    def __init__(out self, n: Int):
        self.parents = [i for i in range(n)]
        self.sizes = List[Int](length=n, fill=1)
        self.count = n

    def find(mut self, x: Int) -> Int:
        var at = x
        while self.parents[at] != at:
            self.parents[at] = self.parents[self.parents[at]]
            at = self.parents[at]
        return at

    def join(mut self, a: Int, b: Int) -> Bool:
        var x = self.find(a)
        var y = self.find(b)
        if x == y:
            return False
        if self.sizes[x] < self.sizes[y]:
            swap(x, y)
        self.parents[y] = x
        self.sizes[x] += self.sizes[y]
        self.count -= 1
        return True


def main():
    var edges: List[Tuple[Int, Int, Int]] = []
    var n = 12
    for i in range(n):
        for j in range(i + 1, n):
            if (i * 5 + j * 3) % 4 != 0:
                edges.append((i, j, (i * 37 + j * 91) % 53 + 1))

    def lighter(a: Tuple[Int, Int, Int], b: Tuple[Int, Int, Int]) -> Bool:
        return a[2] < b[2] if a[2] != b[2] else a[0] < b[0] if a[0] != b[0] else a[1] < b[1]

    sort(edges, lighter)
    var sets = Sets(n)
    var total = 0
    for edge in edges:
        var a, b, weight = edge
        if sets.join(a, b):
            total += weight
            print(a, "-", b, ": ", weight, sep="", end="  ")
    print()
    print(len(edges), total, sets.count, sets.find(3) == sets.find(11))
