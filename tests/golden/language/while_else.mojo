"""`else` of loops runs where no `break` left them."""


def main():
    for i in range(3):
        print(i)
    else:
        print("all seen")
    var n = 3
    while n > 0:
        n -= 1
        if n == 5:
            break
    else:
        print("counted down")
    print(n)
