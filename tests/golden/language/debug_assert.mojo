"""`debug_assert` evaluates its arguments and checks nothing."""


def loud() -> Bool:
    print("evaluated")
    return False
def main():
    debug_assert(loud(), "x")
    assert loud(), "y"
    debug_assert[assert_mode="none", cpu_only=True](loud())
    print("after")
