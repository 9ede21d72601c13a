"""A manager whose __exit__ does not see the error."""


struct M(Copyable, Movable):
    def __init__(out self):
        pass
    def __enter__(self):
        print("enter")
    def __exit__(self):
        print("exit")
def bad() raises:
    raise Error("x")
def main() raises:
    try:
        with M():
            bad()
    except e:
        print("c", e)
