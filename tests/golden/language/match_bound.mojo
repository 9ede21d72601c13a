"""Names within patterns of structs, tuples and lists: bare, `var` and `as`."""


@fieldwise_init
struct P(ImplicitlyCopyable):
    var x: Int
    var y: Int

def f(p: P) -> String:
    match p:
        case P(x=0, y=var b):
            return String(b)
        case P(x=var a, y=var b) if a > b:
            return "gt"
        case _:
            return "no"

def g(t: Tuple[Int, Int]) -> Int:
    match t:
        case (var a, 3):
            return a
        case (1 as q, _):
            return q
        case (a, b):
            return a + b

def h(l: List[Int]) -> Int:
    match l:
        case []:
            return 0
        case [var a]:
            return a
        case [1, b]:
            return b
        case [a, 2 | 3 as b]:
            return a * b
        case _:
            return -1

def main():
    print(f(P(0, 4)), f(P(3, 5)), f(P(9, 1)), f(P(2, 7)), f(P(7, 70)))
    print(g((4, 3)), g((1, 9)), g((5, 6)))
    print(h([]), h([4]), h([1, 7]), h([5, 3]), h([5, 9]))
