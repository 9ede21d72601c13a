"""A pattern of a struct names its fields."""


@fieldwise_init
struct P(Copyable, Movable):
    var x: Int
    var y: Int
def main():
    var p = P(1, 2)
    match p:
        case P(x=1, y=b):
            print("one", b)
        case _:
            print("other")
