"""Iterators of the program's own: `__iter__`, and `__next__` until it raises StopIteration."""


@fieldwise_init
struct Odd(Copyable, Movable):
    var at: Int
    var stop: Int

    def __next__(mut self) raises StopIteration -> Int:
        if self.at >= self.stop:
            raise StopIteration()
        self.at += 2
        return self.at - 2


@fieldwise_init
struct OddNumbers(Copyable, Movable):
    var stop: Int

    def __iter__(self) -> Odd:
        return Odd(1, self.stop)


struct Names(Copyable, Movable):
    var number: Int

    def __init__(out self):
        self.number = 0

    def __iter__(self) -> Self:
        return self.copy()

    def __next__(mut self) raises StopIteration -> String:
        self.number += 1
        if self.number == 4:
            raise StopIteration()
        return String("name") + String(self.number)


def main():
    for n in OddNumbers(8):
        print(n, end=" ")
    print()
    var odd = OddNumbers(100)
    var sum = 0
    for n in odd:
        if n % 3 == 0:
            continue
        if n > 20:
            break
        sum += n
    else:
        print("not reached")
    print(sum)
    for name in Names():
        print(name)
    else:
        print("done")
    for var name in Names():
        name += "!"
        print(name)
    for i in OddNumbers(5):
        for j in OddNumbers(4):
            print(i, j)
    var it = Names()
    try:
        while True:
            print(it.__next__())
    except e:
        print("end:", e)
