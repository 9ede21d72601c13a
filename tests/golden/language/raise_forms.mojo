"""`raise` with an Error and with a text; what handlers see; what goes through."""


def check(x: Int) raises -> Int:
    if x == 0:
        raise Error("zero")
    if x < 0:
        raise "negative"
    return 10 // x


def outer(x: Int) raises -> Int:
    try:
        return check(x)
    except e:
        if String(e) == "zero":
            return -1
        raise e^


def main() raises:
    print(check(3), outer(0))
    try:
        print(outer(-4))
    except e:
        print("caught", e)
    try:
        _ = check(5)
    except:
        print("never")
    else:
        print("fine")
    finally:
        print("finally")
