from std.math import sqrt


def sorted_list() -> List[Int]:
    var xs: List[Int] = [5, 3, 9, 1]
    sort(xs)
    return xs^


def word_count(text: String) -> Int:
    return len(text.split(" "))


def guarded(text: String) -> Int:
    try:
        return atol(text)
    except:
        return -1


comptime SORTED = sorted_list()


def main():
    comptime r = sqrt(2.0)
    print(r)
    comptime words = word_count("a bc def")
    print(words)
    print(materialize[SORTED]())
    comptime good = guarded("42")
    comptime bad = guarded("4x2")
    print(good, bad)
    comptime p = 3**7
    comptime q = 2.0**10
    print(p, q)
    comptime m = min(4, 7) + max(1, 2)
    print(m)
    comptime digits = String(12345)
    comptime upper = String("mojo").upper()
    print(digits, upper)
    comptime shifted = (1 << 40) ^ 0xFF
    print(shifted)
