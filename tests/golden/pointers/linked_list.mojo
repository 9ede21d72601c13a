from std.memory import OwnedPointer, Pointer, alloc


struct Node(Movable):
    var value: Int
    var next: Pointer[Node, MutUntrackedOrigin]
    var is_last: Bool

    def __init__(out self, value: Int, next: Pointer[Node, MutUntrackedOrigin], is_last: Bool):
        self.value = value
        self.next = next
        self.is_last = is_last

    def __deinit__(deinit self):
        print("node", self.value, "ends")


struct Stack:
    var head: Pointer[Node, MutUntrackedOrigin]
    var count: Int

    def __init__(out self):
        self.head = alloc[Node](1)
        self.head.unsafe_write(Node(0, self.head, True))
        self.count = 0

    def push(mut self, value: Int):
        var node = alloc[Node](1)
        node.unsafe_write(Node(value, self.head, False))
        self.head = node
        self.count += 1

    def pop(mut self) -> Int:
        var node = self.head
        var value = node[].value
        self.head = node[].next
        node.unsafe_deinit_pointee()
        node.unsafe_free()
        self.count -= 1
        return value

    def sum(self) -> Int:
        var total = 0
        var node = self.head
        while not node[].is_last:
            total += node[].value
            node = node[].next
        return total

    def __deinit__(deinit self):
        var node = self.head
        while not node[].is_last:
            var next = node[].next
            node.unsafe_deinit_pointee()
            node.unsafe_free()
            node = next
        node.unsafe_deinit_pointee()
        node.unsafe_free()


def main():
    var stack = Stack()
    for i in range(1, 5):
        stack.push(i * 10)
    print(stack.count, stack.sum())
    print(stack.pop())
    print(stack.pop())
    print(stack.count, stack.sum())
    print("end")
