def main():
    for i in range(5):
        print(i, end=" ")
    print()
    for i in range(2, 6):
        print(i, end=" ")
    print()
    for i in range(10, 0, -3):
        print(i, end=" ")
    print()
    for i in range(0, 10, 4):
        print(i, end=" ")
    print()
    for i in range(5, 2):
        print("never", i)
    for i in range(-3):
        print("never", i)
    for i in range(3, -4, -2):
        print(i, end=" ")
    print()
    var n = 3
    for i in range(n):
        n = 10
        print(i, n)
    for _ in range(2):
        print("twice")
