"""A loop over a list asks for its length once; what the loop appends is not visited."""


def main():
    var xs: List[Int] = [1, 2, 3]
    for x in xs:
        xs.append(x * x)
    print(xs)
    var ys: List[Int] = [4, 5]
    for ref y in ys:
        y += 1
        print(y)
    for var y in ys:
        y += 100
        print(y)
    print(ys)
