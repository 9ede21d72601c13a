def fail(x: Int) raises:
    print("about to fail", x)
    raise Error("no way out: " + String(x))


def main() raises:
    print("start")
    fail(3)
    print("never")
