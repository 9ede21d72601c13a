"""A binary tree over any key, nodes by index; shared and owned pointers."""
from std.memory import ArcPointer, OwnedPointer

struct Node[K: Comparable & Copyable & Movable & Writable & Deinitable](Movable):
    var key: Self.K
    var count: Int
    var left: Int
    var right: Int
    def __init__(out self, var key: Self.K):
        self.key = key^
        self.count = 1
        self.left = -1
        self.right = -1

struct Tree[K: Comparable & Copyable & Movable & Writable & Deinitable](Sized):
    var nodes: List[Node[Self.K]]
    var root: Int
    def __init__(out self):
        self.nodes = []
        self.root = -1
    def __len__(self) -> Int:
        return len(self.nodes)
    def insert(mut self, key: Self.K):
        var at = self.root
        var parent = -1
        var went_left = False
        while at >= 0:
            ref node = self.nodes[at]
            if key == node.key:
                node.count += 1
                return
            parent = at
            went_left = key < node.key
            at = node.left if went_left else node.right
        var index = len(self.nodes)
        self.nodes.append(Node[Self.K](key.copy()))
        if parent < 0:
            self.root = index
        elif went_left:
            self.nodes[parent].left = index
        else:
            self.nodes[parent].right = index
    def visit(self, at: Int, depth: Int):
        if at < 0:
            return
        self.visit(self.nodes[at].left, depth + 1)
        print("  " * depth, self.nodes[at].key, " x", self.nodes[at].count, sep="")
        self.visit(self.nodes[at].right, depth + 1)
    def height(self, at: Int) -> Int:
        return 0 if at < 0 else 1 + max(self.height(self.nodes[at].left), self.height(self.nodes[at].right))

def main():
    var t = Tree[Int]()
    for k in [5, 2, 8, 1, 9, 2, 5, 5, 7]:
        t.insert(k)
    t.visit(t.root, 0)
    print(len(t), t.height(t.root))
    var words = Tree[String]()
    for w in "to be or not to be that is the question".split():
        words.insert(String(w))
    words.visit(words.root, 0)
    var shared = ArcPointer[List[Int]]([1, 2])
    var other = shared
    other[].append(3)
    print(len(shared[]), shared[][2])
    var owned = OwnedPointer(String("boxed"))
    owned[] += "!"
    print(owned[])
