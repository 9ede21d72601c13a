"""std.testing: checks that raise. The compiler gives `_at`, the place of the call."""


def assert_true[T: Boolable](val: T, msg: String = "condition was unexpectedly False", *, _at: String = "") raises:
    if not Bool(val):
        raise _failure(msg, _at)


def assert_false[T: Boolable](val: T, msg: String = "condition was unexpectedly True", *, _at: String = "") raises:
    if Bool(val):
        raise _failure(msg, _at)


def assert_equal[T: Copyable & Movable](lhs: T, rhs: T, msg: String = "", *, _at: String = "") raises:
    if lhs != rhs:
        raise _comparison_failed("== right` comparison", String(lhs), String(rhs), msg, _at)


def assert_not_equal[T: Copyable & Movable](lhs: T, rhs: T, msg: String = "", *, _at: String = "") raises:
    if lhs == rhs:
        raise _comparison_failed("!= right` comparison", String(lhs), String(rhs), msg, _at)


def assert_is[T: AnyType](lhs: T, rhs: T, msg: String = "", *, _at: String = "") raises:
    if lhs is not rhs:
        raise _comparison_failed("is right` identification", String(lhs), String(rhs), msg, _at)


def assert_is_not[T: AnyType](lhs: T, rhs: T, msg: String = "", *, _at: String = "") raises:
    if lhs is rhs:
        raise _comparison_failed("is not right` identification", String(lhs), String(rhs), msg, _at)


def assert_almost_equal[
    dtype: DType, size: SIMDLength
](
    lhs: SIMD[dtype, size],
    rhs: SIMD[dtype, size],
    msg: String = "",
    *,
    atol: Float64 = 1e-08,
    rtol: Float64 = 1e-05,
    equal_nan: Bool = False,
    _at: String = "",
) raises:
    """Up to an absolute, and a relative difference."""
    for i in range(size):
        if not _is_close(Float64(lhs[i]), Float64(rhs[i]), atol, rtol, equal_nan):
            var text = String(lhs, " is not close to ", rhs, " with a diff of ", abs(lhs - rhs))
            if msg:
                text.write(" (", msg, ")")
            raise _failure(text, _at)


def _is_close(left: Float64, right: Float64, atol: Float64, rtol: Float64, equal_nan: Bool) -> Bool:
    if left != left or right != right:
        return equal_nan and left != left and right != right
    return left == right or abs(left - right) <= max(atol, rtol * max(abs(left), abs(right)))


def _failure(message: String, at: String) -> Error:
    return Error("At " + at + ": AssertionError: " + message)


def _comparison_failed(op: String, left: String, right: String, msg: String, at: String) -> Error:
    var text = String("`left ", op, " failed:\n   left: ", left, "\n  right: ", right)
    if msg:
        text.write("\n  reason: ", msg)
    return _failure(text, at)


struct assert_raises:
    """A context in which something must be raised."""

    var _contains: Optional[String]

    def __init__(out self):
        self._contains = None

    def __init__(out self, *, contains: String):
        self._contains = contains

    def __enter__(self):
        pass

    def __exit__(self) raises:
        raise Error("AssertionError: Didn't raise")

    def __exit__[E: AnyType](self, error: E) raises -> Bool:
        """Is it the error that was waited for?"""
        return not self._contains or self._contains.value() in String(error)
