@fieldwise_init
struct MyErr(Copyable, Movable, Writable):
    var code: Int
    var why: String


def checked(x: Int) raises MyErr -> Int:
    if x > 2:
        raise MyErr(x, "too big")
    return x


def main() raises:
    print(checked(1))
    print(checked(9))
