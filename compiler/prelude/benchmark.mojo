"""std.benchmark: what keeps the compiler from leaving out a computation; nothing is left out here that matters."""


def keep[T: AnyType](value: T):
    pass


def black_box[T: Copyable & Movable](value: T) -> T:
    return __copy(value)


def clobber_memory():
    pass
