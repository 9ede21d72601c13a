# Every power of ten and of two that a double holds.
def main():
    var x = 1.0
    for _ in range(309):
        print(x)
        x *= 10.0
    x = 1.0
    for _ in range(324):
        x /= 10.0
        print(x)
    x = 1.0
    for _ in range(1074):
        x *= 0.5
        print(x)
    x = 1.0
    for _ in range(1023):
        x *= 2.0
        print(x, x * 1.1)
