"""What `enumerate` and `zip` give are copies: changing the list meanwhile does not show in them."""


def main():
    var xs: List[Int] = [1, 2, 3]
    for i, x in enumerate(xs):
        xs[i] = 10 * x
        print(i, x, xs[i])
    var names: List[String] = ["a", "b"]
    for i, name in enumerate(names):
        names[i] += "!"
        print(name, names[i])
    for a, b in zip(names, xs):
        names[0] = "changed"
        print(a, b)
    for var i, x in enumerate(xs):
        i += 1
        x += 1
        print(i, x)
    print(xs, names)
