struct Guard:
    var name: String

    def __init__(out self, name: String):
        self.name = name

    def __enter__(self) -> Int:
        print("enter", self.name)
        return 7

    def __exit__(self):
        print("exit", self.name)


def main():
    with Guard("a") as x:
        print(x)
    with Guard("b"):
        print("inside")
    print("after")
