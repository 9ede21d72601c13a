"""`==` before an expression compares with its value."""


def g(t: Tuple[Int, Int], k: Int) -> Int:
    match t:
        case (== k, _):
            return 1
        case (_, == k):
            return 2
        case _:
            return 3

def s(x: String) -> Int:
    match x:
        case "a" | "b":
            return 1
        case "c" as w:
            return w.byte_length()
        case var q:
            q += "!"
            return q.byte_length()

def o(x: Optional[Int]) -> Int:
    match x:
        case _:
            return 1

def main():
    print(g((4, 3), 4), g((4, 3), 3), g((4, 3), 5))
    print(s("a"), s("c"), s("hello"))
    print(o(None), o(3))
