"""`comptime` names of a module use each other and functions."""

comptime WIDTH = 8
comptime HEIGHT: Int = WIDTH * 2
comptime AREA = area(WIDTH, HEIGHT)
comptime NAME = "grid"
comptime RATIO: Float64 = 3
comptime IS_WIDE = WIDTH > HEIGHT
comptime Cell = UInt8
comptime Row = Array[Cell, WIDTH]


def area(w: Int, h: Int) -> Int:
    var total = 0
    for _ in range(h):
        total += w
    return total


def main():
    print(WIDTH, HEIGHT, AREA, NAME, RATIO, IS_WIDE)
    var row = Row(fill=7)
    row[3] = Cell(AREA)
    print(row)
    comptime if IS_WIDE:
        print("wide")
    else:
        print("tall")
