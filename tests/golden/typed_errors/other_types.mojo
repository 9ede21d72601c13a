@fieldwise_init
struct MyErr(Copyable, Movable, Writable):
    var code: Int


@fieldwise_init
struct Other(Copyable, Movable):
    var code: Int


def checked(x: Int) raises MyErr -> Int:
    if x > 2:
        raise MyErr(x)
    return x


def plain(x: Int) raises -> Int:
    return checked(x) * 10


def direct() raises:
    raise MyErr(3)


def translated(x: Int) raises Other -> Int:
    try:
        return checked(x)
    except e:
        raise Other(e.code + 100)


def never() raises Never -> Int:
    return 3


def main():
    try:
        print(plain(1))
        print(plain(4))
    except e:
        print("as an Error:", e)
    try:
        direct()
    except e:
        print("as an Error:", e)
    try:
        print(translated(2))
        print(translated(5))
    except e:
        print("translated", e.code)
    print(never())
    var x = 3
    try:
        if x == 4:
            raise Error("plain")
        _ = checked(x)
    except e:
        print("mixed:", e)
