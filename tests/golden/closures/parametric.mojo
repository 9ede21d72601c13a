def chunks[
    F: def[w: Int](i: Int) -> None, //, width: Int
](size: Int, body: F):
    for i in range(0, size - width + 1, width):
        body[width](i)
    for i in range(size // width * width, size):
        body[1](i)


def chunks[
    F: def[w: Int](i: Int, rest: Int) -> None, //, width: Int
](size: Int, body: F):
    for i in range(0, size, width):
        body[width](i, size - i)


def main():
    var seen = List[Int]()

    def one[w: Int](i: Int) {mut seen}:
        seen.append(w * 100 + i)

    def two[w: Int](i: Int, rest: Int) {mut seen}:
        seen.append(w * 1000 + i * 10 + rest)

    chunks[4](10, one)
    print(seen)
    seen.clear()
    chunks[4](10, two)
    print(seen)
