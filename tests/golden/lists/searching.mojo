def main() raises:
    var xs: List[Int] = [5, 3, 8, 3]
    print(3 in xs, 4 in xs, 9 not in xs, xs.count(3), xs.count(1), xs.index(8))
    try:
        print(xs.index(99))
    except e:
        print(e)
    var ys: List[Int] = [5, 3, 8, 3]
    var zs: List[Int] = [5, 3, 8]
    print(xs == ys, xs == zs, xs != zs)
    var names: List[String] = ["a", "bc"]
    print("bc" in names, "b" in names, names.index("bc"))
    print(xs + zs.copy(), zs * 2)
