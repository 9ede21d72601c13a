# Far more memory in all than at any moment: blocks must be used again.
def fill(size: Int, value: Int) -> List[Int]:
    var xs = List[Int]()
    for i in range(size):
        xs.append(value + i)
    return xs^


def main():
    var total = 0
    var kept = List[List[Int]]()
    for round in range(2000):
        var xs = fill(round * 7 % 3000, round)
        var ys = xs.copy()
        if len(ys) > 0:
            total += ys[len(ys) - 1]
        if round % 100 == 0:
            kept.append(xs^)
        var text = String()
        for _ in range(round % 50):
            text += "grow "
        total += text.byte_length()
    print(total, len(kept))
    for xs in kept:
        total += len(xs)
    print(total)
