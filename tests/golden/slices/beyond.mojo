def main() raises:
    var xs: List[Int] = [0, 1, 2, 3]
    print(xs[2:100])
