"""In the mode `safe` a `debug_assert` is checked."""


def main():
    debug_assert[assert_mode="safe"](1 < 2, "fine")
    var x = 3
    debug_assert[assert_mode="safe"](x > 4, "x must be large, is ", x)
    print("after")
