def pick(xs: List[Float64], index: Int) -> Float64:
    return xs[index]


def main():
    var xs: List[Float64] = [1.0, 2.0]
    print(pick(xs, 1))
    print(pick(xs, -1))
