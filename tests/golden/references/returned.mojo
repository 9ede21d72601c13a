"""Functions that return a place, which is assigned, updated, passed on and bound."""


@fieldwise_init
struct P(Copyable, Movable):
    var x: Int
    var y: Int

    def at(mut self, i: Int) -> ref[self.x, self.y] Int:
        if i == 0:
            return self.x
        return self.y

    def __getitem__(ref self, i: Int) -> ref[self.x, self.y] Int:
        if i == 0:
            return self.x
        return self.y

def px(ref p: P) -> ref[p.x] Int:
    return p.x

def px2(ref p: P) -> ref[origin_of(p.x)] Int:
    return p.x

def longer(ref a: String, ref b: String) -> ref[a, b] String:
    if a.byte_length() > b.byte_length():
        return a
    return b

def first[T: Copyable](ref xs: List[T]) -> ref[xs[0]] T:
    return xs[0]

def incr(mut x: Int):
    x += 1

def show(ref x: Int):
    print("show", x)

def main():
    var p = P(1, 2)
    p.at(1) = 7
    p[0] += 10
    incr(p[1])
    print(p.x, p.y)
    px(p) = 55
    px(p) += 1
    print(p.x)
    px2(p) *= 2
    print(p.x)
    ref r = p[1]
    r += 100
    print(r)
    var xs: List[Int] = [1, 2, 3]
    ref e = xs[1]
    e = 9
    print(xs)
    first(xs) = 42
    print(xs)
    var a = String("abc")
    var b = String("defg")
    longer(a, b) += "!"
    print(a, b)
    show(p.x)
    show(3)
    var names: List[String] = ["x", "y"]
    ref nm = names[0]
    nm += "z"
    print(names)
    swap(a, b)
    print(a, b)
