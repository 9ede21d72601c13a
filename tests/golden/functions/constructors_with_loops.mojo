"""Fields that a constructor first gives values to after loops, and by comprehensions."""
struct S:
    var a: List[Int]
    var n: Int
    def __init__(out self, n: Int):
        var t = List[Int]()
        for i in range(n):
            t.append(i)
        self.a = t^
        self.n = n
def main():
    print(S(3).a)
    try:
        more()
    except e:
        print(e)
    var s: String
    var k = 0
    while k < 3:
        k += 1
    s = "late"
    print(s)

struct Table:
    var rows: List[List[Int]]
    var names: List[String]
    var best: String

    def __init__(out self, n: Int) raises:
        if n < 0:
            raise Error("negative")
        for i in range(n):
            if i == 7:
                break
            for j in range(i):
                if j == 3:
                    continue
        self.rows = [[j for j in range(i)] for i in range(n)]
        self.names = [String(i) for i in range(n) if i % 2 == 0]
        var k = 0
        while True:
            k += 1
            if k > 3:
                break
            try:
                if k == 2:
                    raise Error("two")
            except:
                pass
        self.best = self.names[0] if n > 0 else String("none")

def more() raises:
    var t = Table(4)
    print(t.rows, t.names, t.best)
