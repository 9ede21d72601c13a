def sieve(n: Int) -> List[Bool]:
    var r = List[Bool](length=n, fill=True)
    for i in range(2, n):
        for j in range(i * i, n, i):
            r[j] = False
    return r^


def squares(n: Int) -> List[Int]:
    var r = List[Int]()
    for i in range(n):
        r.append(i * i)
    return r^


def names() -> List[String]:
    var r = List[String]()
    for i in range(4):
        r.append(String("n") + String(i) + "!")
    return r^


def grid(n: Int) -> List[List[Int]]:
    var rows = List[List[Int]]()
    for i in range(n):
        var row = List[Int]()
        for j in range(i + 1):
            row.append(i * 10 + j)
        rows.append(row^)
    return rows^


comptime SIEVE = sieve(30)
comptime SQUARES = squares(100)
comptime NAMES = names()
comptime GRID = grid(3)
comptime HALVES: List[Float64] = [0.5, 0.25, 0.125]


def is_prime[n: Int]() -> Bool:
    comptime p = SIEVE[n]
    return p


def main():
    comptime for i in range(2, 12):
        comptime if is_prime[i]():
            print(i, "is prime")
    var squares = materialize[SQUARES]()
    var total = 0
    for i in range(len(squares)):
        total += squares[i]
    print(total, squares[99])
    squares[0] = 7
    squares.append(1)
    print(squares[0], len(squares), materialize[SQUARES]()[0])
    var names = materialize[NAMES]()
    print(names)
    names[1] += "?"
    print(names, materialize[NAMES]()[1])
    var grid = materialize[GRID]()
    for row in grid:
        print(row)
    comptime corner = GRID[2][1]
    print(corner)
    comptime count = len(SIEVE)
    print(count)
    print(materialize[HALVES]())
    comptime first = NAMES[0]
    print(first)
