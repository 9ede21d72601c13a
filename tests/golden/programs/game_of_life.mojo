def neighbours(grid: List[Bool], width: Int, height: Int, x: Int, y: Int) -> Int:
    var count = 0
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            if dx == 0 and dy == 0:
                continue
            var nx = (x + dx) % width
            var ny = (y + dy) % height
            if grid[ny * width + nx]:
                count += 1
    return count


def step(grid: List[Bool], width: Int, height: Int) -> List[Bool]:
    var next = List[Bool](length=width * height, fill=False)
    for y in range(height):
        for x in range(width):
            var n = neighbours(grid, width, height, x, y)
            next[y * width + x] = n == 3 or (n == 2 and grid[y * width + x])
    return next^


def main():
    var width = 10
    var height = 8
    var grid = List[Bool](length=width * height, fill=False)
    grid[1] = True
    grid[width + 2] = True
    grid[2 * width] = True
    grid[2 * width + 1] = True
    grid[2 * width + 2] = True
    for _ in range(6):
        grid = step(grid, width, height)
    for y in range(height):
        var line = String()
        for x in range(width):
            line += "#" if grid[y * width + x] else "."
        print(line)
