def visit(mut seen: List[Bool], n: Int, y: Int, x: Int, left: Int) -> Int:
    if left == 0:
        return 1
    var total = 0
    var dys: List[Int] = [1, 1, -1, -1, 2, 2, -2, -2]
    var dxs: List[Int] = [2, -2, 2, -2, 1, -1, 1, -1]
    for d in range(8):
        var ny = y + dys[d]
        var nx = x + dxs[d]
        if 0 <= ny < n and 0 <= nx < n and not seen[ny * n + nx]:
            seen[ny * n + nx] = True
            total += visit(seen, n, ny, nx, left - 1)
            seen[ny * n + nx] = False
    return total


def main():
    var seen = List[Bool](length=25, fill=False)
    seen[0] = True
    print(visit(seen, 5, 0, 0, 5))
