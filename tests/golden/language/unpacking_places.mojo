"""What an unpacking assigns: fields, elements, variables with types of their own."""


def make() -> Tuple[String, Float64]:
    return (String("s"), 2.5)

struct W:
    var a: Int
    var b: String
    def __init__(out self):
        (self.a, self.b) = (3, String("w"))

def main():
    var x: UInt8 = 0
    var y: Float64 = 0
    x, y = 3, 4
    print(x, y)
    var s, l = make()
    print(s, l)
    (s, l) = make()
    print(s, l)
    var w = W()
    w.a, w.b = 5, String("v")
    print(w.a, w.b)
    var a, _ = make()
    _, l = make()
    print(a, l)
    var n: List[Int] = [5, 6, 7]
    n[0], n[2] = n[2], n[0]
    print(n)
    var i, (j, (k, m)) = 1, (2, (String("k"), 4.5))
    print(i, j, k, m)
    var p, q = 1, 2
    p, q = q, p + q
    print(p, q)
