def pick(words: List[String], wanted: String) -> String:
    for word in words:
        var decorated = "<" + word + ">"
        if word == wanted:
            return decorated
        var copy = decorated
        if copy.byte_length() > 8:
            continue
    return "none"


def scan(rows: List[List[Int]]) -> List[Int]:
    var result = List[Int]()
    for row in rows:
        var kept = List[Int]()
        for x in row:
            if x < 0:
                break
            kept.append(x)
        else:
            result.extend(kept.copy())
            continue
        if len(kept) > 1:
            return kept^
    return result^


def main():
    var words: List[String] = ["alpha", "a longer one", "beta"]
    print(pick(words, "beta"), pick(words, "gamma"), pick(words, "alpha"))
    print(scan([[1, 2], [3]]))
    print(scan([[1, 2], [3, -1, 4], [5, 6, -7], [8]]))
