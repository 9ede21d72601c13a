def main():
    var xs = List[Int]()
    var state = 7
    for _ in range(40):
        state = (state * 1103515245 + 12345) % 2147483648
        xs.append(state % 100)
    sort(xs)
    print(xs)
    var names: List[String] = ["pear", "apple", "fig", "apples"]
    sort(names)
    print(names)
    var fs: List[Float64] = [2.5, -1.0, 0.0, 1e300, -1e-300]
    sort(fs)
    print(fs)
    var none = List[Int]()
    sort(none)
    print(none)
    var a = String("left")
    var b = String("right")
    swap(a, b)
    print(a, b)
    var i = 1
    var j = 2
    swap(i, j)
    print(i, j)
