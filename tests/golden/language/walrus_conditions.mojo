"""`:=` gives a value to a variable within a condition."""


def next_of(mut n: Int) -> Int:
    n += 3
    return n


def main():
    var n = 0
    var y: Int = 0
    while (y := next_of(n)) < 10:
        print(y)
    if (y := n * 2) > 20:
        print("large", y)
    print((y := 5) + y)
