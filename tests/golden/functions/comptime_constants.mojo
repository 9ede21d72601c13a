comptime SIZE = 4
comptime SCALE: Float64 = 3
comptime NAME = "grid"
comptime AREA = SIZE * SIZE
comptime MASK: UInt32 = 0xFFFF0000


struct Grid:
    comptime WIDTH = SIZE * 2
    var total: Int

    def __init__(out self):
        self.total = Self.WIDTH * AREA


def main():
    comptime LOCAL = AREA + 1
    print(SIZE, SCALE, NAME, AREA, LOCAL, MASK)
    var g = Grid()
    print(g.total, Grid.WIDTH)
    var x = SCALE * 0.5
    print(x, SCALE / 2)
