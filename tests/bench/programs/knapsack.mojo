"""The 0/1 knapsack: a row of best values, from the right."""


def main():
    var capacity = 20_000
    var items = 1_500
    var best = List[Int](length=capacity + 1, fill=0)
    var seed = 7
    for _ in range(items):
        seed = (seed * 1103515245 + 12345) % 2147483648
        var weight = seed % 900 + 100
        seed = (seed * 1103515245 + 12345) % 2147483648
        var value = seed % 1000
        for room in range(capacity, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    print(best[capacity])
