def steps(start: Int) -> Int:
    var n = start
    var count = 0
    while n != 1:
        if n % 2 == 0:
            n //= 2
        else:
            n = 3 * n + 1
        count += 1
    return count


def main():
    var best = 0
    var best_start = 0
    var total = 0
    for i in range(1, 3000):
        var s = steps(i)
        total += s
        if s > best:
            best = s
            best_start = i
    print(best, best_start, total)
