"""The game of life on an unbounded plane: a set of cells."""
from std.collections import Dict, Set


@fieldwise_init
struct Cell(ImplicitlyCopyable, Movable, Hashable, Equatable):
    var x: Int
    var y: Int


def parse(text: String) -> Set[Cell]:
    var cells = Set[Cell]()
    var y = 0
    for line in text.split("\n"):
        var x = 0
        for c in line.codepoint_slices():
            if c == "#":
                cells.add(Cell(x, y))
            x += 1
        y += 1
    return cells^


def step(cells: Set[Cell]) -> Set[Cell]:
    var around = Dict[Cell, Int]()
    for cell in cells:
        for dx in range(-1, 2):
            for dy in range(-1, 2):
                if dx != 0 or dy != 0:
                    var near = Cell(cell.x + dx, cell.y + dy)
                    around[near] = around.get(near, 0) + 1
    var after = Set[Cell]()
    for entry in around.items():
        if entry.value == 3 or (entry.value == 2 and entry.key in cells):
            after.add(entry.key)
    return after^


def show(cells: Set[Cell], width: Int, height: Int) -> String:
    var out = String()
    for y in range(height):
        for x in range(width):
            out += "#" if Cell(x, y) in cells else "."
        out += "\n"
    return out


def main():
    var cells = parse(".#.\n..#\n###")
    for generation in range(13):
        if generation % 4 == 0:
            print(generation, len(cells))
            print(show(cells, 6, 6), end="")
        cells = step(cells)
    var acorn = parse(".#.....\n...#...\n##..###")
    for _ in range(40):
        acorn = step(acorn)
    print(len(acorn))
