@fieldwise_init
struct Point(Copyable, Movable):
    var x: Int
    var y: Int


def make(x: Int, out result: Point):
    result = Point(x, x * 2)


def first_square_above(limit: Int) -> Int:
    for i in range(1000):
        if i * i > limit:
            return i
    return -1


def nothing(x: Int):
    if x > 0:
        print("positive")
        return
    print("not positive")


def main():
    var p = make(4)
    print(p.x, p.y)
    print(first_square_above(50), first_square_above(10000000))
    nothing(1)
    nothing(-1)
