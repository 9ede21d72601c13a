"""A `__getitem__` that returns a reference needs no `__setitem__`."""


struct Grid(Copyable, Movable):
    var data: List[Float64]
    var width: Int

    def __init__(out self, height: Int, width: Int):
        self.data = List[Float64](length=height * width, fill=0)
        self.width = width

    def __getitem__(ref self, row: Int, column: Int) -> ref[self.data[0]] Float64:
        return self.data[row * self.width + column]


def total(g: Grid, height: Int) -> Float64:
    var sum = 0.0
    for i in range(height):
        for j in range(g.width):
            sum += g[i, j]
    return sum


def main():
    var g = Grid(3, 4)
    for i in range(3):
        for j in range(4):
            g[i, j] = Float64(i * 4 + j)
    g[1, 1] += 0.5
    g[2, 3] *= 2
    ref corner = g[0, 0]
    corner = -1
    print(g[0, 0])
    print(g[1, 1])
    print(g[2, 3])
    print(total(g, 3))
