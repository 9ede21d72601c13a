"""rebind: values whose types the program knows better than their declarations."""


def rebind[S: AnyType, //, T: AnyType](value: S) -> T:
    """The same value, where the program knows that its type is T."""
    comptime assert __is_same[T, S](), "rebind: the types differ"
    return __copy(value)
