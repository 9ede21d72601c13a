"""`abort` tells where it was called."""


from std.os import abort
def f(x: Int) -> Int:
    if x > 2:
        abort("bye")
    return x
def main():
    print(f(1))
    print(f(3))
