def apply[F: def(Int) -> Int](f: F, x: Int) -> Int:
    return f(x)


def keep[F: def(Int) -> Bool](xs: List[Int], f: F) -> List[Int]:
    var result = List[Int]()
    for x in xs:
        if f(x):
            result.append(x)
    return result^


def root[F: def(Float64) -> Float64](f: F, var a: Float64, var b: Float64) -> Float64:
    for _ in range(60):
        var m = (a + b) / 2
        if f(a) * f(m) <= 0:
            b = m
        else:
            a = m
    return a


def main():
    var k = 1
    var add = lambda (x: Int) -> Int: x + k
    k = 5
    print(add(1))
    var explicit = lambda (x: Int) {imm k} -> Int: x + k
    var copied = lambda (x: Int) {var k} -> Int: x + k
    k = 7
    print(explicit(1), copied(1))
    var s = String("abc")
    var length = lambda () -> Int: s.byte_length()
    print(length())
    var show = lambda (x: Int): print(x, k)
    show(3)
    print(apply(lambda (x: Int) -> Int: x * 2, 4))
    print((lambda (x: Int) -> Int: x * 3)(4))
    var xs: List[Int] = [1, 2, 3, 4, 5, 6]
    var limit = 3
    print(keep(xs, lambda (x: Int) {imm limit} -> Bool: x > limit))
    print(keep(xs, lambda (x: Int) -> Bool: x % 2 == 0))
    var c = 2.0
    print(root(lambda (x: Float64) {imm c} -> Float64: x * x - c, 0.0, 2.0))
