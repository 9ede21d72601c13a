"""Edit distances between words, two rows at a time."""


def distance(a: List[UInt8], b: List[UInt8]) -> Int:
    var row = List[Int](length=len(b) + 1, fill=0)
    for j in range(len(b) + 1):
        row[j] = j
    for i in range(len(a)):
        var diagonal = row[0]
        row[0] = i + 1
        for j in range(len(b)):
            var cost = diagonal if a[i] == b[j] else diagonal + 1
            diagonal = row[j + 1]
            row[j + 1] = min(cost, min(row[j] + 1, diagonal + 1))
    return row[len(b)]


def word(seed: Int) -> List[UInt8]:
    var letters = List[UInt8]()
    var x = seed
    for _ in range(60):
        x = (x * 1103515245 + 12345) % 2147483648
        letters.append(UInt8(97 + x // 65536 % 8))
    return letters^


def main():
    var words = List[List[UInt8]]()
    for i in range(200):
        words.append(word(i))
    var total = 0
    for i in range(200):
        for j in range(i):
            total += distance(words[i], words[j])
    print(total)
