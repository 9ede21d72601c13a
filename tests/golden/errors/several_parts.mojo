"""Errors made of several arguments."""


def check(n: Int) raises -> Int:
    if n > 3:
        raise Error("too large: ", n, ", at most ", 3)
    if n < 0:
        raise Error(n)
    return n


def main():
    for n in [1, 5, -2]:
        try:
            print(check(n))
        except e:
            print("error:", e)
            print(repr(e))
    try:
        raise Error("x", 1.5, True, [1, 2])
    except e:
        print(String(e), String(e).byte_length())
    var d: Dict[String, Int] = {"a": 1}
    try:
        print(d["a"], d["b"])
    except e:
        print("caught", e)
    var o = Optional[Int]()
    try:
        print(o[])
    except e:
        print("caught", e)
