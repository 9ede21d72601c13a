@fieldwise_init
struct MyErr(Copyable, Movable, Writable):
    var code: Int


def fail_if[E: Copyable & Deinitable](var error: E, fails: Bool) raises E:
    if fails:
        raise error^


def main():
    try:
        fail_if(MyErr(3), False)
        print("went on")
        fail_if(MyErr(4), True)
    except e:
        print(e.code)
    try:
        fail_if(Error("plain"), True)
    except e:
        print(e)
