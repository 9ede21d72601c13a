from std import testing
from std.testing import assert_equal, assert_almost_equal, assert_true, assert_false, assert_not_equal
def main() raises:
    assert_equal("a", String("a"))
    assert_equal(Optional(3), Optional(3))
    assert_true(1)
    assert_false("")
    try:
        assert_equal("ab", "c", "why")
    except e: print(e)
    try:
        assert_equal(1, 2)
    except e: print(e)
    try:
        testing.assert_almost_equal(Float32(1), Float32(1.5))
    except e: print(e)
    try:
        assert_almost_equal(SIMD[DType.float64, 2](1, 2), SIMD[DType.float64, 2](1, 3), atol=0.1, msg="boo")
    except e: print(e)
    try:
        testing.assert_not_equal(
            1.5, 1.5)
    except e: print(e)
    assert_almost_equal(1.0, 1.000000001)
