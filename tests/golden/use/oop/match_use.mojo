def kind(n: Int) -> String:
    match n:
        case 0:
            return "zero"
        case 1 | 2 | 3:
            return "few"
        case _ if n < 0:
            return "negative"
        case _:
            return "many"


def main():
    for n in [0, 2, 9, -4]:
        print(n, kind(n))
