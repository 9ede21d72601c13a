"""`as` names what a pattern met; alternatives have no names of their own."""


def f(x: Int) -> String:
    match x:
        case 0:
            return "zero"
        case (1 | 2) as z:
            return "yes"
        case _:
            return "no"

def main():
    comptime K = 4
    print(f(1), f(2), f(3), f(-4))
