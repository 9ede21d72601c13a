def main():
    var ints: List[Int] = [1, 2, 3]
    var floats: List[Float64] = [1.5, 2.0]
    var names: List[String] = ["a", "b c"]
    var nested: List[List[Int]] = [[1, 2], [3], []]
    var none = List[Int]()
    print(ints, floats, names, nested, none)
    print((1, "a"), (1,), (1.5, True, Int8(3)))
    print(String(ints), String(3) + "|" + String(2.5) + "|" + String(True))
    print(len(ints), len(none))
    var flags: List[Bool] = [True, False]
    print(flags)
