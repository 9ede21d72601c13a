"""`value()` of an empty Optional tells where it was asked for."""


def main():
    var o = Optional[Int]()
    print("a")
    print(o.value())
