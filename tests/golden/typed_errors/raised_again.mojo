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


def watched(x: Int) raises MyErr -> Int:
    try:
        return checked(x)
    except e:
        print("in", e)
        raise
    finally:
        print("finally")


def plainly() raises:
    try:
        raise Error("first")
    except:
        raise


def main():
    try:
        print(watched(1))
        print(watched(4))
    except e:
        print(e.code)
    try:
        try:
            _ = checked(5)
        except e:
            print("inner", e.code)
            raise e^
    except e:
        print("outer", e.code)
    try:
        try:
            _ = checked(5)
        except e:
            print("inner", e.code)
            raise Other(e.code + 1)
    except e:
        print("outer", e.code)
    try:
        plainly()
    except e:
        print(e)
