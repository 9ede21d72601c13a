def distance(a: String, b: String) -> Int:
    var x = a.as_bytes()
    var y = b.as_bytes()
    var previous = List[Int]()
    for j in range(len(y) + 1):
        previous.append(j)
    for i in range(1, len(x) + 1):
        var current: List[Int] = [i]
        for j in range(1, len(y) + 1):
            var cost = 0 if x[i - 1] == y[j - 1] else 1
            current.append(min(min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost))
        previous = current^
    return previous[len(y)]


def main():
    print(distance("kitten", "sitting"), distance("", "abc"), distance("same", "same"))
    print(distance("intention", "execution"))
