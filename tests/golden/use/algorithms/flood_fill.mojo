def fill(mut grid: List[List[Int]], y: Int, x: Int) -> Int:
    if y < 0 or x < 0 or y >= len(grid) or x >= len(grid[0]) or grid[y][x] != 1:
        return 0
    grid[y][x] = 2
    return 1 + fill(grid, y - 1, x) + fill(grid, y + 1, x) + fill(grid, y, x - 1) + fill(grid, y, x + 1)


def main():
    var grid: List[List[Int]] = [[1, 1, 0, 0], [0, 1, 0, 1], [1, 0, 1, 1], [1, 0, 1, 0]]
    var sizes = List[Int]()
    for y in range(4):
        for x in range(4):
            var size = fill(grid, y, x)
            if size > 0:
                sizes.append(size)
    print(sizes)
    print(grid)
