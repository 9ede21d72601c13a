# closures and functional style
def compose(f: def(Int) thin -> Int, g: def(Int) thin -> Int, x: Int) -> Int:
    return g(f(x))

def inc(x: Int) -> Int:
    return x + 1

def double(x: Int) -> Int:
    return 2 * x

def apply_all[F: def(Int) -> Int](xs: List[Int], f: F) -> List[Int]:
    var out = List[Int](capacity=len(xs))
    for x in xs:
        out.append(f(x))
    return out^

def fold[T: Copyable & Movable & Deinitable, F: def(T, Int) -> T](xs: List[Int], var start: T, f: F) -> T:
    var acc = start^
    for x in xs:
        acc = f(acc, x)
    return acc^

def counter() -> Int:
    var n = 0
    def bump() {mut n}:
        n += 1
    for _ in range(5):
        bump()
    return n

def main():
    print(compose(inc, double, 5), compose(double, inc, 5))
    var xs = [x for x in range(6) if x % 2 == 0]
    var k = 10
    var lst = List[Int]()
    for x in xs:
        lst.append(x)
    def scaled(x: Int) {imm k} -> Int:
        return x * k
    print(apply_all(lst, scaled))
    def add(a: Int, b: Int) -> Int:
        return a + b
    print(fold(lst, 100, add))
    def join(a: String, b: Int) -> String:
        return a + String(b) + ";"
    print(fold(lst, String("<"), join))
    print(counter())
    var table: List[def(Int) thin -> Int] = [inc, double]
    for i in range(2):
        print(table[i](7), end=" ")
    print()
    var squares = {i: i * i for i in range(4)}
    var evens = {i for i in range(10) if i % 2 == 0}
    print(squares, len(evens), sum_values(squares))
    var words = ["delta", "alpha", "charlie", "bravo"]
    var ws = List[String]()
    for w in words:
        ws.append(String(w))
    sort(ws)
    print(ws)
    for i, (a, b) in enumerate(zip(lst, ws)):
        print(i, a, b, end=" / ")
    print()
    var n = 27
    var steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    else:
        print("done in", steps)
    for i in range(2, 20):
        for j in range(2, i):
            if i % j == 0:
                break
        else:
            print(i, end=" ")
    print()
    var m = len(ws)
    if m > 3:
        print("many:", m)
    print(1 < 2 < 3, not (1 < 2 > 3), 1 if m else 2, (1, "a", 2.5))

def sum_values(d: Dict[Int, Int]) -> Int:
    var s = 0
    for v in d.values():
        s += v
    return s
