"""`where` after structs and functions."""


struct Small[n: Int] where n < 10:
    var x: Int
    def __init__(out self):
        self.x = Self.n

def half[n: Int]() -> Int where n > 1:
    return n // 2

def main():
    var e = Small[4]()
    print(e.x)
    print(half[8]())
