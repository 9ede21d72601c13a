def risky(x: Int) raises -> Int:
    if x < 0:
        raise Error("negative: " + String(x))
    if x > 100:
        raise "too large"
    return x * 2


def attempt(x: Int) -> Int:
    try:
        var y = risky(x)
        print("got", y)
        return y
    except e:
        print("caught", e)
        return -1


def main():
    print(attempt(5))
    print(attempt(-5))
    print(attempt(500))
    try:
        print(risky(1) + risky(2))
        print(risky(3) + risky(-3))
        print("never")
    except:
        print("something failed")
    print("end")
