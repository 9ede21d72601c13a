"""What functions are as values; the checker adds the fields and does the calls."""


struct _Closure(ImplicitlyCopyable, Movable):
    """A function with what it captures: each such type stands for one function of the program."""

    def __init__(out self):
        pass


struct _FunctionValue(ImplicitlyCopyable, Movable):
    """One of the functions of a type `def(…) thin -> T`, by its number."""

    var number: Int

    def __init__(out self, number: Int):
        self.number = number
