"""Dynamic programming: knapsack, longest common and increasing subsequences, chains of matrices, coins."""


def knapsack(weights: List[Int], values: List[Int], room: Int) -> Tuple[Int, List[Int]]:
    var best = [[0 for _ in range(room + 1)] for _ in range(len(weights) + 1)]
    for i in range(1, len(weights) + 1):
        for w in range(room + 1):
            best[i][w] = best[i - 1][w]
            if w >= weights[i - 1]:
                best[i][w] = max(best[i][w], best[i - 1][w - weights[i - 1]] + values[i - 1])
    var taken: List[Int] = []
    var left = room
    for i in range(len(weights), 0, -1):
        if best[i][left] != best[i - 1][left]:
            taken.append(i - 1)
            left -= weights[i - 1]
    taken.reverse()
    return best[len(weights)][room], taken^


def common(a: String, b: String) -> String:
    var x = a.as_bytes()
    var y = b.as_bytes()
    var rows = len(x) + 1
    var cols = len(y) + 1
    var table = List[Int](length=rows * cols, fill=0)
    for i in range(1, rows):
        for j in range(1, cols):
            if x[i - 1] == y[j - 1]:
                table[i * cols + j] = table[(i - 1) * cols + j - 1] + 1
            else:
                table[i * cols + j] = max(table[(i - 1) * cols + j], table[i * cols + j - 1])
    var out: List[String] = []
    var i = rows - 1
    var j = cols - 1
    while i > 0 and j > 0:
        if x[i - 1] == y[j - 1]:
            out.append(chr(Int(x[i - 1])))
            i -= 1
            j -= 1
        elif table[(i - 1) * cols + j] >= table[i * cols + j - 1]:
            i -= 1
        else:
            j -= 1
    out.reverse()
    return "".join(out)


def increasing(xs: List[Int]) -> Int:
    var tails: List[Int] = []
    for x in xs:
        var lo = 0
        var hi = len(tails)
        while lo < hi:
            var mid = (lo + hi) // 2
            if tails[mid] < x:
                lo = mid + 1
            else:
                hi = mid
        if lo == len(tails):
            tails.append(x)
        else:
            tails[lo] = x
    return len(tails)


def chain(sizes: List[Int]) -> Int:
    var n = len(sizes) - 1
    var cost = [[0 for _ in range(n)] for _ in range(n)]
    for span in range(1, n):
        for i in range(n - span):
            var j = i + span
            var least = Int.MAX
            for k in range(i, j):
                least = min(least, cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1])
            cost[i][j] = least
    return cost[0][n - 1]


def ways(coins: List[Int], amount: Int) -> Int:
    var count = List[Int](length=amount + 1, fill=0)
    count[0] = 1
    for coin in coins:
        for a in range(coin, amount + 1):
            count[a] += count[a - coin]
    return count[amount]


def main():
    var result = knapsack([3, 4, 5, 9, 4], [3, 4, 4, 10, 4], 11)
    print(result[0], result[1])
    print(common("the quick brown fox", "a thick crown of fur"))
    print(increasing([10, 9, 2, 5, 3, 7, 101, 18, 4, 6, 8]), increasing([]))
    print(chain([10, 30, 5, 60, 20, 15]), ways([1, 2, 5, 10, 20, 50], 200))
