"""An iterator of the program's own with `__has_next__`, with `else`, `break` and `continue`."""


struct Countdown(Copyable, Movable):
    var left: Int

    def __init__(out self, left: Int):
        self.left = left

    def __iter__(self) -> Self:
        return self.copy()

    def __has_next__(self) -> Bool:
        return self.left > 0

    def __next__(mut self) -> Int:
        self.left -= 1
        return self.left


struct Words(Copyable, Movable):
    var number: Int

    def __init__(out self):
        self.number = 0

    def __iter__(self) -> Self:
        return self.copy()

    def __has_next__(self) -> Bool:
        return self.number < 3

    def __next__(mut self) -> String:
        self.number += 1
        return String("word") * self.number


def main():
    for n in Countdown(3):
        print(n)
    var countdown = Countdown(6)
    for n in countdown:
        if n == 4:
            continue
        if n == 1:
            print("found")
            break
        print(n)
    else:
        print("not reached")
    for n in countdown:
        if n > 10:
            break
    else:
        print("none")
    for word in Words():
        print(word)
    for var word in Words():
        word += "!"
        print(word)
    for i in Countdown(2):
        for j in Countdown(2):
            print(i, j)
