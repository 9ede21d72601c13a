def twice[n: Int]() -> Int:
    return 2 * n


def triangle(n: Int) -> List[Int]:
    var r = List[Int]()
    for i in range(n):
        r.append(i * (i + 1) // 2)
    return r^


comptime T = triangle(5)


def sum_to[n: Int]() -> Int:
    var total = 0
    comptime for i in range(n + 1):
        total += i
    return total


def main():
    comptime for i in range(3):
        print(i, twice[i](), twice[i * i]())
    comptime for i in range(1, 10, 4):
        comptime square = i * i
        print(i, square)
    comptime for i in range(3, 0, -1):
        print(i)
    comptime for x in [10, 20, 30]:
        print(x + 1)
    comptime for t in T:
        print(t, twice[t]())
    comptime for i in range(2):
        comptime for j in range(2):
            comptime if i != j:
                print(i, j)
    comptime for i in range(len(T)):
        comptime t = T[i]
        print(t)
    print(sum_to[10]())
    var xs = List[Int]()
    comptime for i in range(4):
        var doubled = i * 2
        xs.append(doubled)
    print(xs)
    comptime for _ in range(2):
        print("again")
    comptime for i in range(0):
        print("never", i)
