"""Heat spreading over a plate: a five-point stencil on two lists."""


def main():
    var n = 512
    var now = List[Float64](length=n * n, fill=0.0)
    var then = List[Float64](length=n * n, fill=0.0)
    for i in range(n):
        now[i] = 100.0
        then[i] = 100.0
    for _ in range(200):
        for y in range(1, n - 1):
            for x in range(1, n - 1):
                var at = y * n + x
                then[at] = 0.25 * (now[at - 1] + now[at + 1] + now[at - n] + now[at + n])
        for y in range(1, n - 1):
            for x in range(1, n - 1):
                now[y * n + x] = then[y * n + x]
    var total = 0.0
    for i in range(n * n):
        total += now[i]
    print(Int(total * 1000.0))
