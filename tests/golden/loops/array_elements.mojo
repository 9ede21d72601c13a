# Loops over Arrays: read in chunks, written at home.
def heavy(n: Int) -> Int:
    var total = n
    for k in range(60):
        total = (total * 31 + k) % 65537
    return total


@fieldwise_init
struct Stats(Copyable, Movable):
    var counts: Array[Int, 4]
    var total: Int


def main():
    var ys = [3, 1, 4, 1, 5, 9]
    var total = 0
    for y in ys:
        total += heavy(y)
    print(total)
    for i in range(30):
        total += heavy(ys[i % 6] + i)
    print(total)

    var counts = Array[Int, 8](fill=0)
    for i in range(50):
        counts[heavy(i) % 8] += 1
    for count in counts:
        print(count, end=" ")
    print()

    var stats = Stats([0, 0, 0, 0], 0)
    for i in range(30):
        var parts = [heavy(i), heavy(i + 1), 0]
        parts[2] = parts[0] ^ parts[1]
        stats.counts[parts[2] % 4] += 1
        stats.total += parts[2]
    print(stats.counts[0], stats.counts[1], stats.counts[2], stats.counts[3], stats.total)

    var best = -1
    var where = 0
    for i in range(6):
        var value = heavy(ys[i])
        if value > best:
            best = value
            where = i
    print(best, where)

    var words = ["a", "b", "c"]
    for i in range(12):
        words[i % 3] = String(heavy(i)) + words[(i + 1) % 3]
    print(words[0], words[1], words[2])
