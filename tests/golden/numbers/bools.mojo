def noisy(value: Bool, name: String) -> Bool:
    print("asked", name)
    return value


def main():
    var t = True
    var f = False
    print(t and f, t or f, not t, t == f, t != f, t & f, t | f, t ^ t)
    print(noisy(False, "a") and noisy(True, "b"))
    print(noisy(True, "c") or noisy(True, "d"))
    print(noisy(False, "e") or noisy(False, "f") and noisy(True, "g"))
    print(not noisy(False, "h"))
    print(1 < 2 < 3, 1 < 3 < 2, 5 > 4 >= 4)
    var x = 5
    print(1 if x > 3 else 2, "big" if x > 100 else "small")
    if x:
        print("nonzero")
