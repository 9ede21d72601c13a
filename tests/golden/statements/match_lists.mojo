"""A pattern of a list fits lists of its length."""


def main():
    var p: List[Int] = [1, 2]
    match p:
        case [1, b]:
            print("one", b)
        case _:
            print("other")
