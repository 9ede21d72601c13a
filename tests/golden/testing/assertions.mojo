from std.testing import (
    assert_almost_equal,
    assert_equal,
    assert_false,
    assert_not_equal,
    assert_true,
)


def fails(which: Int) -> Bool:
    try:
        if which == 0:
            assert_equal(1, 2)
        elif which == 1:
            assert_not_equal(String("a"), String("a"))
        elif which == 2:
            assert_true(1 > 2)
        elif which == 3:
            assert_almost_equal(1.0, 1.1)
        elif which == 4:
            assert_false(True, msg="own text")
        else:
            assert_equal(3, 3)
            assert_equal(String("x"), "x")
            assert_not_equal(2.5, 2.0)
            assert_almost_equal(1.0, 1.0 + 1e-9)
            assert_true(True)
            assert_false(False)
    except:
        return True
    return False


def main():
    for which in range(6):
        print(which, fails(which))
