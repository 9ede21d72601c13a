"""A struct that can be looped over: `__iter__` and a `__next__` that raises StopIteration."""


@fieldwise_init
struct Countdown(Copyable, Iterable, Iterator):
    comptime Element = Int
    comptime IteratorType[mut: Bool, //, origin: Origin[mut=mut]] = Self

    var left: Int

    def __iter__(ref self) -> Self:
        return self.copy()

    def __next__(mut self) raises StopIteration -> Int:
        if self.left == 0:
            raise StopIteration()
        self.left -= 1
        return self.left + 1


def main():
    for x in Countdown(3):
        print(x)
    var total = 0
    var c = Countdown(4)
    for x in c:
        if x == 2:
            break
        total += x
    print(total)
