def main() raises:
    var xs: List[Int] = [0, 1, 2, 3, 4, 5, 6]
    print(xs[::2])
    print(xs[1:6:2])
    print(xs[::-1])
    print(xs[5:1:-2])
    var ys = xs[::2].copy()
    ys.append(3)
    print(ys)
    var s = String("abc")
    var i = 1
    print(s[byte=i])
