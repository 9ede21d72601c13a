def thin(f: def(Int) thin -> Int, x: Int) -> Int:
    return f(x)


def both(f: def(Int) thin -> Int, g: def(Int) thin -> Int) -> Int:
    return f(g(3))


def run(f: def(Int) thin):
    f(3)


def text(f: def(String) thin -> String, s: String) -> String:
    return f(s)


def change(f: def(mut String, Int) thin -> None) -> String:
    var s = String("q")
    f(s, 3)
    return s


def square(x: Int) -> Int:
    return x * x


def double(x: Int) -> Int:
    return x * 2


def show(x: Int):
    print("show", x)


def exclaim(s: String) -> String:
    return s + "!"


def append(mut s: String, k: Int):
    s += String(k)


def main():
    def local(x: Int) -> Int:
        return x * 7

    print(thin(square, 3), thin(double, 3), thin(local, 3))
    print(thin(lambda (x: Int) -> Int: x - 1, 3))
    print(both(square, double), both(double, square))
    run(show)
    print(text(exclaim, "hey"))
    print(change(append))
