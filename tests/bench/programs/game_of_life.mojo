"""Life on a torus of bytes."""


def main():
    var n = 512
    var cells = List[UInt8](length=n * n, fill=0)
    var state = UInt64(3)
    for i in range(n * n):
        state = state * 6364136223846793005 + 1442695040888963407
        cells[i] = UInt8(state >> 63)
    for _ in range(60):
        var next = List[UInt8](length=n * n, fill=0)
        for y in range(n):
            var up = (y + n - 1) % n * n
            var down = (y + 1) % n * n
            var here = y * n
            for x in range(n):
                var left = (x + n - 1) % n
                var right = (x + 1) % n
                var around = cells[up + left] + cells[up + x] + cells[up + right]
                around += cells[here + left] + cells[here + right]
                around += cells[down + left] + cells[down + x] + cells[down + right]
                if around == 3 or (around == 2 and cells[here + x] == 1):
                    next[here + x] = 1
        cells = next^
    var alive = 0
    for i in range(n * n):
        alive += Int(cells[i])
    print(alive)
