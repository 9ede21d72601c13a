"""`comptime(…)` computes a value while the program is compiled."""


def fact(n: Int) -> Int:
    var r = 1
    for i in range(1, n + 1):
        r *= i
    return r

def main():
    print(comptime(fact(5)))
    var x = comptime(fact(4)) + 1
    print(x)
    var i = 3
    print(i + comptime(2 * 3))
