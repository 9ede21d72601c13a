def main() raises:
    var xs: List[Int] = [0, 1, 2, 3, 4, 5, 6, 7]
    print(xs[1:3])
    print(xs[:2])
    print(xs[6:])
    print(xs[:])
    print(len(xs[2:5]))
    var v = xs[1:4]
    print(v[0], len(v))
    for x in xs[2:4]:
        print(x)
    var copy = List(xs[1:3])
    copy.append(9)
    print(copy)
    xs[1:3][0] = 55
    print(xs)
    for ref x in xs[4:6]:
        x *= 10
    print(xs)
    var s = String("hello wörld")
    print(s[byte=1:4], s[byte=:2], s[byte=6:], s[byte=0], s[codepoint=7], s[grapheme=1])
    var t = String(s[byte=0:5])
    print(t + "!", t == s[byte=:5])
    var a = [1, 2, 3, 4]
    print(a.__len__())
    var sp = Span(xs)
    print(len(sp), sp[2])
    print(sp[1:3])
    print(xs[4:4])
    print(len(xs[3:3]))
    var i = 2
    var n = len(xs)
    print(xs[i : n - 1])
    print(List(xs[i:]))
    print("abc"[byte=1:], "abc"[byte=1])
