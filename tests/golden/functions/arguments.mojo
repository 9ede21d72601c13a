def add(a: Int, b: Int = 10, c: Int = 100) -> Int:
    return a + b + c


def scale(mut xs: List[Int], factor: Int):
    for i in range(len(xs)):
        xs[i] *= factor


def bump(mut x: Int):
    x += 1


def consume(var text: String) -> String:
    text += "!"
    return text


def main():
    print(add(1), add(1, 2), add(1, 2, 3), add(1, c=5), add(b=1, a=2))
    var xs: List[Int] = [1, 2, 3]
    scale(xs, 4)
    print(xs)
    var n = 5
    bump(n)
    bump(n)
    print(n)
    var s = String("hey")
    print(consume(s), s)
