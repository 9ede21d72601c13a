"""`ref` arguments take what may be changed and what may not; generic ones too."""


def describe(ref x: Int) -> Int:
    return x * 2


def first[T: Copyable](ref xs: List[T]) -> ref[xs[0]] T:
    return xs[0]


def read_first(xs: List[String]) -> String:
    return first(xs)


@fieldwise_init
struct Pair(Copyable, Movable):
    var left: String
    var right: String

    def pick(ref self, is_left: Bool) -> ref[self.left, self.right] String:
        if is_left:
            return self.left
        return self.right


def show(p: Pair):
    print(p.pick(True), p.pick(False))


def main():
    var x = 21
    print(describe(x), describe(4))
    var xs: List[Int] = [1, 2, 3]
    first(xs) = 10
    first(xs) -= 3
    print(xs)
    var names: List[String] = ["n", "m"]
    print(read_first(names))
    first(names) += "ew"
    print(names)
    var p = Pair("l", "r")
    p.pick(False) = "other"
    p.pick(True) += "eft"
    show(p)
    var copy = p.pick(True).copy()
    copy += "?"
    show(p)
