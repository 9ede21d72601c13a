def main() raises:
    var xs: List[Int] = [0, 1, 2, 3]
    var a = [1, 2, 3, 4]
    print(a[1:3])
    print(xs[3:1])
