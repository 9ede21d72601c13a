"""Docstrings, `pass` and `...` where a statement must stand."""


trait Quiet:
    """A trait with a docstring."""

    def hush(self):
        """Requires nothing else."""
        ...


struct Empty(Quiet):
    """A struct without fields."""

    def __init__(out self):
        """Makes one."""
        pass

    def hush(self):
        """Does nothing."""
        pass


def nothing():
    """Only a docstring."""
    pass


def also_nothing():
    pass


def main():
    """The program."""
    nothing()
    also_nothing()
    var e = Empty()
    e.hush()
    if True:
        pass
    else:
        print("never")
    for _ in range(2):
        pass
    "a text as a statement"
    print("done"); print("twice")
