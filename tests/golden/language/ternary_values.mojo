"""Ternaries of numbers, texts and structs; only the chosen side is evaluated."""


@fieldwise_init
struct P(ImplicitlyCopyable, Writable):
    var x: Int


def loud(x: Int) -> P:
    print("made", x)
    return P(x)


def main():
    var flag = True
    print(1 if flag else 2, "a" if not flag else "b")
    var p = loud(1) if flag else loud(2)
    print(p)
    var s = String("x") if p.x > 3 else String("y") + "z"
    print(s)
    var n = 3
    print("neg" if n < 0 else "zero" if n == 0 else "pos")
    var f = 1.5 if flag else Float64(n)
    print(f)
