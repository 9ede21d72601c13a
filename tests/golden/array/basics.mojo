# Displays, elements, loops, comparisons and printing of arrays.
comptime T: Array[Int, 4] = [1, 2, 3, 4]

def total(a: Array[Int, 3]) -> Int:
    var s = 0
    for x in a:
        s += x
    return s

def as_list(xs: List[Int]) -> Int:
    return len(xs)

struct Grid:
    var cells: Array[Float64, 4]
    def __init__(out self):
        self.cells = Array[Float64, 4](fill=0.5)

def main() raises:
    var a = [1, 2, 3]
    print(a, len(a), a[1])
    a[0] = 10
    a[1] += 5
    print(total(a))
    print(total([4, 5, 6]))
    for ref x in a:
        x += 1
    print(a)
    var b = a.copy()
    b[0] = 0
    print(a == b, a != b, a == a)
    var z = Array[Int, 3](fill=7)
    print(z)
    var w = Array[String, 2](fill="x")
    w[1] += "y"
    print(w)
    print(3 in a, 11 in a)
    print(as_list([1, 2]))
    var m = materialize[T]()
    print(m[2], len(m))
    var g = Grid()
    g.cells[2] = 2
    print(g.cells[2], g.cells[3])
    var n = [[1, 2], [3, 4]]
    print(n[1][0], len(n))
    for row in n:
        print(row[0] + row[1])
    for i, x in enumerate(a):
        print(i, x)
    for x, y in zip(a, b):
        print(x, y)
    for x in reversed(a):
        print(x)
    var f = [1.5, 2.5]
    print(f)
    var u: Array[UInt8, 2] = [1, 2]
    print(u)
    var words = ["a", "b"]
    print(words[0])
