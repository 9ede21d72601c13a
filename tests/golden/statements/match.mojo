"""match: literals, alternatives, tuples, names, guards, and jumps out of cases."""


@fieldwise_init
struct P(Copyable, Movable):
    var x: Int
    var y: Int

def f(x: Int) -> String:
    match x:
        case 0:
            return "zero"
        case 1 | 2:
            return "small"
        case _:
            return "big"

def g(x: Int, y: Int) -> String:
    match (x, y):
        case (0, 0):
            return "origin"
        case (0, b):
            return "yaxis " + String(b)
        case (a, 0):
            return "xaxis " + String(a)
        case (a, b) if a == b:
            return "diag"
        case _:
            return "other"

def h(s: String) -> Int:
    match s:
        case "a":
            return 1
        case "b" | "c":
            return 2
        case _:
            return 0

def main():
    for i in range(4):
        print(f(i))
    print(g(0,0), g(0,1), g(1,0), g(2,2), g(2,3))
    print(h("a"), h("b"), h("c"), h("d"))
    var x = 5
    match x:
        case 5:
            print("five")
        case y if y > 3:
            print("gt", y)
    match x:
        case 7:
            print("seven")
    match x + 1:
        case n:
            print("n", n)
    match x > 3:
        case True:
            print("t")
        case False:
            print("f")
    match 2.5:
        case 2.5:
            print("2.5")
        case _:
            print("no")
    match x:
        case 5 if x > 100:
            print("guard")
        case _:
            print("default")
    for i in range(5):
        match i:
            case 1:
                continue
            case 3:
                break
            case _:
                print("i", i)
