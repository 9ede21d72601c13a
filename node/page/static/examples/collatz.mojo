# Collatz: the longest chain below ten million


def steps(start: Int) -> Int:
    var n = start
    var count = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        count += 1
    return count


def main():
    var best = 1
    var best_steps = 0
    var total = 0
    for n in range(1, 10000000):
        var s = steps(n)
        total += s
        if s > best_steps:
            best_steps = s
            best = n
    print("start", best)
    print("steps", best_steps)
    print("total", total)
