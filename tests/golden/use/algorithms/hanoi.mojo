def move(n: Int, source: String, target: String, spare: String, mut moves: List[String]):
    if n == 0:
        return
    move(n - 1, source, spare, target, moves)
    moves.append(source + target)
    move(n - 1, spare, target, source, moves)


def main():
    var moves = List[String]()
    move(4, "A", "C", "B", moves)
    print(len(moves))
    print(String(" ").join(moves))
