def both(a: String, b: String) -> Tuple[String, String]:
    if a < b:
        return (a, b)
    return (b, a)


def parse(line: String) raises -> Tuple[String, Int]:
    var parts = line.split("=")
    return (String(parts[0]), Int(String(parts[1])))


def main() raises:
    var first, second = both("pear", "apple")
    print(first, second)
    first, second = second, first
    print(first, second)
    var name, value = parse("width=640")
    print(name, value + 1)
    var t = both("x", "y")
    print(t[0] + t[1])
