def apply_all[F: def(Int) -> Int](f: F, xs: List[Int]) -> List[Int]:
    var out_ = List[Int]()
    for x in xs:
        out_.append(f(x))
    return out_^


def main():
    var xs: List[Int] = [1, 2, 3]
    var k = 10
    def scaled(x: Int) {imm k} -> Int:
        return x * k
    print(apply_all(scaled, xs))
    var calls = 0
    def counted(x: Int) {mut calls} -> Int:
        calls += 1
        return x + calls
    print(apply_all(counted, xs), calls)
    print(apply_all(lambda (x: Int) -> Int: x * x, xs))
