@fieldwise_init
struct Point(Copyable, Movable, Writable):
    var x: Int
    var y: Float64


def main():
    var p = Point(1, 2.5)
    print(p)
    print("at", p, sep=": ")
