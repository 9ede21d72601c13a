"""Trees in three lists: build, walk, forget."""


struct Tree:
    var left: List[Int]
    var right: List[Int]

    def __init__(out self):
        self.left = List[Int]()
        self.right = List[Int]()

    def grow(mut self, depth: Int) -> Int:
        var l = -1
        var r = -1
        if depth > 0:
            l = self.grow(depth - 1)
            r = self.grow(depth - 1)
        self.left.append(l)
        self.right.append(r)
        return len(self.left) - 1

    def count(self, node: Int) -> Int:
        if self.left[node] < 0:
            return 1
        return 1 + self.count(self.left[node]) + self.count(self.right[node])


def main():
    var total = 0
    for depth in range(10, 21, 2):
        for _ in range(1 << (20 - depth)):
            var tree = Tree()
            var root = tree.grow(depth)
            total += tree.count(root)
    print(total)
