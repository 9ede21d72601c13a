def root(x: Float64) -> Float64:
    var guess = x
    for _ in range(60):
        guess = 0.5 * (guess + x / guess)
    return guess


def main():
    for x in [1.0, 2.0, 9.0, 1e10, 0.25]:
        print(x, root(x))
