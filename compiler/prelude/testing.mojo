"""std.testing: checks that raise; unlike the real ones, their errors do not say where."""


def assert_true(condition: Bool, msg: String = "condition was unexpectedly False") raises:
    if not condition:
        raise Error("AssertionError: " + msg)


def assert_false(condition: Bool, msg: String = "condition was unexpectedly True") raises:
    if condition:
        raise Error("AssertionError: " + msg)


def assert_equal[T: Copyable & Movable](lhs: T, rhs: T, msg: String = "") raises:
    if lhs != rhs:
        raise Error(_comparison_failed("==", repr(lhs), repr(rhs), msg))


def assert_not_equal[T: Copyable & Movable](lhs: T, rhs: T, msg: String = "") raises:
    if lhs == rhs:
        raise Error(_comparison_failed("!=", repr(lhs), repr(rhs), msg))


def assert_almost_equal(
    lhs: Float64, rhs: Float64, msg: String = "", *, atol: Float64 = 1e-08, rtol: Float64 = 1e-05
) raises:
    """Up to an absolute, and a relative difference."""
    if lhs != rhs and not (abs(lhs - rhs) <= atol + rtol * abs(rhs)):
        raise Error(_comparison_failed("~=", repr(lhs), repr(rhs), msg))


def _comparison_failed(op: String, left: String, right: String, msg: String) -> String:
    var text = "AssertionError: `left " + op + " right` comparison failed:\n   left: " + left + "\n  right: " + right
    if msg:
        text += "\n  reason: " + msg
    return text
