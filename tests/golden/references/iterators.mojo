"""Iterators that hold a pointer to what they go over, and give references to its elements."""


struct Elements[origin: Origin](Copyable, Movable):
    var list: Pointer[List[Int], Self.origin]
    var index: Int

    def __init__(out self, ref[Self.origin] list: List[Int]):
        self.list = Pointer(to=list)
        self.index = 0

    def __iter__(self) -> Self:
        return self.copy()

    def __next__(mut self) raises StopIteration -> ref[self.list[][0]] Int:
        if self.index >= len(self.list[]):
            raise StopIteration()
        self.index += 1
        return self.list[][self.index - 1]


def main():
    var xs: List[Int] = [1, 2, 3]
    for ref x in Elements(xs):
        x *= 2
    print(xs)
    for x in Elements(xs):
        print(x)
