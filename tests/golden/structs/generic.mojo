struct Stack[T: Copyable & Deinitable](Sized):
    var items: List[Self.T]

    def __init__(out self):
        self.items = List[Self.T]()

    def push(mut self, var item: Self.T):
        self.items.append(item^)

    def pop(mut self) raises -> Self.T:
        if len(self.items) == 0:
            raise Error("the stack is empty")
        return self.items.pop()

    def __len__(self) -> Int:
        return len(self.items)


def main() raises:
    var numbers = Stack[Int]()
    numbers.push(1)
    numbers.push(2)
    print(numbers.pop(), len(numbers))
    var words = Stack[String]()
    words.push("a")
    words.push("b")
    print(words.pop(), words.pop())
    try:
        print(words.pop())
    except e:
        print("caught:", e)
