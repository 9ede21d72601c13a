"""The message of an error is a t-string."""


def show(s: String):
    print("show", s)
def main() raises:
    var x = 3
    show(String(t"{x}"))
    raise Error(t"bad {x}")
