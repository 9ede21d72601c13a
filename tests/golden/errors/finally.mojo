def work(x: Int) raises -> Int:
    try:
        if x == 1:
            raise Error("one")
        print("body", x)
    except e:
        print("handler", e)
    finally:
        print("finally", x)
    return x


def main() raises:
    print(work(0))
    print(work(1))
