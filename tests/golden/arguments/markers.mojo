# Positional-only, keyword-only, defaults that use parameters, and out arguments.


def positional(a: Int, b: Int, /, c: Int = 3) -> Int:
    return a * 100 + b * 10 + c


def keyword(a: Int, *, b: Int, c: Int = 3) -> Int:
    return a * 100 + b * 10 + c


def both(a: Int, /, b: Int, *, c: Int) -> Int:
    return a * 100 + b * 10 + c


def after_star(*values: Int, base: Int, double: Bool = False) -> Int:
    var sum = base
    for value in values:
        sum += value
    return sum * 2 if double else sum


def defaults(x: Int = 2, y: Float64 = 1.5, text: String = "none", flag: Bool = True) -> String:
    return String(x) + " " + String(y) + " " + text + " " + String(flag)


def scaled[n: Int](x: Int = n * 2) -> Int:
    return x + n


@fieldwise_init
struct Point(Copyable, Writable):
    var x: Int
    var y: Int


def shifted(p: Point = Point(1, 2), by: Int = 1) -> Point:
    return Point(p.x + by, p.y + by)


def made(out p: Point, x: Int):
    p = Point(x, -x)


def main():
    print(positional(1, 2), positional(1, 2, 4), positional(1, 2, c=5))
    print(keyword(1, b=2), keyword(c=9, a=7, b=8))
    print(both(1, 2, c=3), both(1, c=3, b=4))
    print(after_star(base=1), after_star(1, 2, base=10), after_star(5, double=True, base=0))
    print(defaults())
    print(defaults(5))
    print(defaults(text="given"))
    print(defaults(1, 2, "three", False))
    print(defaults(flag=False, x=9))
    print(scaled[4](), scaled[4](1))
    print(shifted(), shifted(by=10), shifted(Point(5, 5)))
    print(made(3))
