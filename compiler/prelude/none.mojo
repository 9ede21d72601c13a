"""Nothing, and room for something that may not be there."""


struct NoneType(ImplicitlyCopyable, Movable):
    """The type of `None` where a type is asked for."""

    def __init__(out self):
        pass


def _write(mut out: String, value: NoneType):
    out += "None"


struct _Storage[T: Movable](Copyable, Movable):
    """Room for one value that may be absent: the struct around it knows, and copies and destroys it."""

    var value: Self.T

    def __init__(out self):
        __zero(self.value)

    def __init__(out self, *, copy: Self):
        __zero(self.value)
