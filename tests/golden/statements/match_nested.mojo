"""Patterns within patterns."""


def main():
    var x = 2
    match x:
        case 2:
            print("K")
        case _:
            print("other")
    var t = (1, (2, "s"))
    match t:
        case (1, (a, b)):
            print(a, b)
        case _:
            print("no")
