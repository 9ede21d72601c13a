"""A manager that __enter__ takes has no __exit__."""


struct M(Movable):
    var n: Int
    def __init__(out self, n: Int):
        self.n = n
    def __enter__(var self) -> Self:
        print("enter")
        return self^
    def __deinit__(deinit self):
        print("del", self.n)
def main():
    with M(3) as m:
        print("in", m.n)
        print("last")
    print("after")
