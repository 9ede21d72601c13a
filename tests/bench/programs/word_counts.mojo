"""Count words in a dictionary of strings."""


def main() raises:
    var counts = Dict[String, Int]()
    var x = 1
    for _ in range(1_500_000):
        x = (x * 1103515245 + 12345) % 2147483648
        var key = String("w") + String(x // 65536 % 5000)
        counts[key] = counts.get(key, 0) + 1
    var most = 0
    var total = 0
    for i in range(5000):
        var n = counts.get(String("w") + String(i), 0)
        most = max(most, n)
        total += n
    print(len(counts), most, total)
