def kind(x: Int) -> String:
    if x < 0:
        return "negative"
    elif x == 0:
        return "zero"
    elif x < 10:
        if x % 2 == 0:
            return "small even"
        else:
            return "small odd"
    else:
        return "large"


def main():
    for x in range(-1, 12, 3):
        print(x, kind(x))
    print(kind(0), kind(4))
    var y = 3
    if y == 3:
        pass
    print("passed")
