@fieldwise_init
struct MyErr(Copyable, Movable, Writable):
    var code: Int


@fieldwise_init
struct Silent(Copyable, Movable):
    var code: Int
    var why: String


def checked(x: Int) raises MyErr -> Int:
    if x > 2:
        raise MyErr(x)
    return x


def passed_on(x: Int) raises MyErr -> Int:
    return checked(x) + 1


def explained(x: Int) raises Silent:
    if x == 0:
        raise Silent(7, "zero")


def main():
    try:
        print(passed_on(1))
        print(passed_on(3))
        print("not reached")
    except e:
        print(e.code, e)
    try:
        explained(1)
        explained(0)
    except e:
        print(e.code, e.why)
    else:
        print("no error")
    try:
        explained(5)
    except e:
        print(e.code, e.why)
    else:
        print("no error")
    finally:
        print("finally")
    try:
        _ = checked(9)
    except:
        print("some error")
