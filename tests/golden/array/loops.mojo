# Arrays that loops read and write: tables of constants, buckets, an array of the iteration's own.

comptime WEIGHTS: Array[Float64, 4] = [0.5, 1.5, 2.5, 3.5]


def mixed(table: Array[Int, 5], n: Int) -> List[Int]:
    var out = List[Int](length=n, fill=0)
    for i in range(n):
        var own = [i, i + 1, i + 2]
        own[i % 3] *= 10
        var sum = 0
        for x in own:
            sum += x
        out[i] = table[i % 5] * sum
    return out^


def main():
    var table = [3, 1, 4, 1, 5]
    var out = mixed(table, 1000)
    var total = 0
    for x in out:
        total += x
    print(total, out[7])
    var weights = materialize[WEIGHTS]()
    var sums = List[Float64](length=500, fill=0.0)
    for i in range(500):
        for k in range(4):
            sums[i] += weights[k] * Float64(i + k)
    print(sums[0], sums[499])
    var buckets = Array[Int, 7](fill=0)
    for i in range(2000):
        buckets[(i * i) % 7] += 1
    print(buckets)
    var last = [0, 0]
    for i in range(100):
        last[i % 2] = i
    print(last)
    for i, x in enumerate(table):
        table[i] = x * i
    print(table)
    for ref x in table:
        x += 1
    print(table)
