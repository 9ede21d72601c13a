def spiral(n: Int) -> List[List[Int]]:
    var grid = List[List[Int]]()
    for _ in range(n):
        grid.append(List[Int](length=n, fill=0))
    var x = 0
    var y = 0
    var dx = 1
    var dy = 0
    for k in range(1, n * n + 1):
        grid[y][x] = k
        var nx = x + dx
        var ny = y + dy
        if nx < 0 or nx >= n or ny < 0 or ny >= n or grid[ny][nx] != 0:
            dx, dy = -dy, dx
            nx = x + dx
            ny = y + dy
        x = nx
        y = ny
    return grid^


def main():
    for row in spiral(5):
        print(row)
