"""`break` and `continue` concern the innermost loop; steps, reversed and empty ranges."""


def main():
    for i in range(4):
        if i == 1:
            continue
        for j in range(10, 0, -3):
            if j < 4:
                break
            print(i, j)
    for i in reversed(range(0, 6, 2)):
        print(i, end=" ")
    print()
    for _ in range(5, 5):
        print("never")
    var n = 0
    while True:
        n += 1
        if n % 2:
            continue
        if n > 6:
            break
        print(n, end=" ")
    print()
    for i, x in enumerate(["a", "b"]):
        for a, b in zip(range(2), [x, x + "!"]):
            print(i, a, b)
