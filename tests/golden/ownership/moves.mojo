@fieldwise_init
struct Node(Copyable, Movable):
    var name: String
    var children: List[Int]


struct Tree:
    var nodes: List[Node]

    def __init__(out self, var root: String):
        self.nodes = List[Node]()
        self.nodes.append(Node(root^, List[Int]()))

    def add(mut self, parent: Int, var name: String) -> Int:
        self.nodes.append(Node(name^, List[Int]()))
        var index = len(self.nodes) - 1
        self.nodes[parent].children.append(index)
        return index

    def show(self, index: Int, depth: Int):
        print("  " * depth + self.nodes[index].name)
        for child in self.nodes[index].children:
            self.show(child, depth + 1)

    def depth(self, index: Int) -> Int:
        var deepest = 0
        for child in self.nodes[index].children:
            deepest = max(deepest, self.depth(child))
        return deepest + 1


def main():
    var tree = Tree("root")
    var left = tree.add(0, "left")
    var right = tree.add(0, "right")
    _ = tree.add(left, "leaf one")
    var deep = tree.add(right, "inner")
    _ = tree.add(deep, "leaf two")
    tree.show(0, 0)
    print(tree.depth(0))
    var moved = tree^
    moved.nodes[0].name = "renamed"
    print(moved.nodes[0].name, len(moved.nodes))
