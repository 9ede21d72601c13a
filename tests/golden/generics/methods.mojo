# Methods with parameters, overloads, static tables; nested generic structs; `Self` results; chains.


@fieldwise_init
struct Node[T: Copyable & Deinitable](Copyable):
    var value: Self.T
    var weight: Int

    def scaled[k: Int](self) -> Self:
        return Self(self.value.copy(), self.weight * k)

    def with_value[U: Copyable & Deinitable](self, var value: U) -> Node[U]:
        return Node[U](value^, self.weight)

    def get(self) -> Self.T:
        return self.value.copy()

    def get[n: Int](self) -> Int:
        return self.weight + n


struct Stack[T: Copyable & Deinitable, capacity: Int = 4](Sized):
    var nodes: List[Node[Self.T]]
    comptime limit = Self.capacity * 2

    def __init__(out self):
        self.nodes = List[Node[Self.T]]()

    def push(mut self, value: Self.T, weight: Int = 1) -> Bool:
        if len(self.nodes) == Self.capacity:
            return False
        self.nodes.append(Node(value.copy(), weight))
        return True

    def top(self) -> Node[Self.T]:
        return self.nodes[len(self.nodes) - 1].copy()

    def __len__(self) -> Int:
        return len(self.nodes)

    @staticmethod
    def filled(value: Self.T, count: Int) -> Self:
        var made = Self()
        for _ in range(count):
            _ = made.push(value)
        return made^


def depth_of[T: Copyable & Deinitable, n: Int](stack: Stack[T, n]) -> Int:
    return n * 100 + len(stack)


def main():
    var n = Node(3, 5)
    print(n.scaled[4]().weight, n.get(), n.get[10]())
    print(n.with_value(String("x")).get(), n.with_value(2.5).scaled[2]().weight)
    var s = Stack[Int, 2]()
    print(s.push(1), s.push(2, weight=7), s.push(3), len(s), s.top().weight)
    print(depth_of(s), Stack[Int, 2].limit, Stack[String].limit)
    var t = Stack[String].filled("ab", 3)
    print(len(t), t.top().value, depth_of(t))
