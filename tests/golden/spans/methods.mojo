"""Span: views that read and change."""


def total(xs: Span[Int, _]) -> Int:
    var sum = 0
    for x in xs:
        sum += x
    return sum


def double(mut xs: Span[mut=True, Int, _]):
    for ref x in xs:
        x *= 2


def main():
    var list: List[Int] = [5, 3, 8, 1]
    var s = Span(list)
    print(len(s), s[1], total(list), total(s[1:3]), Bool(s))
    s[0] = 50
    print(list)
    double(s)
    print(list, 16 in s, 17 in s)
    var a: Array[Int, 3] = [1, 2, 3]
    print(total(a), total(Span(a)[:2]))
    s.fill(7)
    print(list, s == Span(list))
    s[2] = 1
    s.unsafe_swap_elements(0, 2)
    s.reverse()
    print(list)
    sort(s)
    print(list)
    var t = s[1:]
    t.copy_from(Span([4, 5, 6]))
    print(list, s.unsafe_get(1))
    for x in reversed(s):
        print(x, end=" ")
    print()
    print(s, repr(s))
    var it = iter(s)
    var text = String("bytes")
    print(len(text.as_bytes()), text.as_bytes()[0], total(List[Int]()))
