"""Shortest paths between all pairs of 600 places."""


def main():
    var n = 600
    var far = 1 << 40
    var path = List[Int](length=n * n, fill=far)
    var seed = 42
    for i in range(n):
        path[i * n + i] = 0
        for _ in range(8):
            seed = (seed * 1103515245 + 12345) % 2147483648
            var j = seed // 65536 % n
            path[i * n + j] = min(path[i * n + j], seed % 100 + 1)
    for k in range(n):
        for i in range(n):
            var first = path[i * n + k]
            for j in range(n):
                var through = first + path[k * n + j]
                if through < path[i * n + j]:
                    path[i * n + j] = through
    var total = 0
    for i in range(n * n):
        total += path[i]
    print(total)
