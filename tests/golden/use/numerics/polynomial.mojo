def evaluate(c: List[Float64], x: Float64) -> Float64:
    var total = 0.0
    for i in range(len(c) - 1, -1, -1):
        total = total * x + c[i]
    return total


def derivative(c: List[Float64]) -> List[Float64]:
    var out_ = List[Float64]()
    for i in range(1, len(c)):
        out_.append(c[i] * Float64(i))
    return out_^


def main():
    var c: List[Float64] = [1.0, -3.0, 0.0, 2.0]
    print(evaluate(c, 0.0), evaluate(c, 1.0), evaluate(c, -2.0))
    print(derivative(c))
