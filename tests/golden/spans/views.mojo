def total(s: Span[Int, _]) -> Int:
    var t = 0
    for x in s:
        t += x
    return t
def double(s: Span[mut=True, Int, _]):
    for ref x in s:
        x *= 2
def bump[o: MutOrigin](s: Span[Int, o]):
    for i in range(len(s)):
        s[i] += 1
def hashed[o: ImmOrigin](data: Span[Byte, o]) -> UInt32:
    var h: UInt32 = 2166136261
    for b in data:
        h = (h ^ UInt32(b)) * 16777619
    return h
def make() -> String:
    return String("héllo")
def first(s: StringSlice) -> String:
    return String(s[byte=0])
def name() -> StaticString:
    return "static"
def show[o: ImmOrigin](s: StringSlice[o]):
    print("<", s, ">", sep="")
def main() raises:
    var l: List[Int] = [1, 2, 3]
    print(total(l), total(Span(l)))
    double(l)
    bump(l)
    print(l, len(Span(l)), 5 in Span(l), Span(l) == Span(l))
    var s = String("abc")
    print(hashed(s.as_bytes()))
    var b = make().as_bytes()
    print(len(b), b[1], b[len(b) - 1])
    print(String(unsafe_from_utf8=b), String(from_utf8=Span(b)))
    print(first("xyz"), first(s), name())
    show(s)
    show("lit")
    var m = String("abc")
    print(m[byte=1], String(m[byte=2]) + "!")
    var c = List[Byte](s.as_bytes())
    c.append(100)
    print(String(unsafe_from_utf8=c), len(c))
    var sl = StringSlice(unsafe_from_utf8=Span(c))
    print(sl.byte_length(), sl == "abcd")
    var p = l.unsafe_ptr()
    p[unsafe_offset=0] = 50
    print(l[0], p[unsafe_offset=1])
    var sp = Span(l)
    sp.fill(3)
    print(l)
    sp[1] = 8
    sp.reverse()
    sp.swap_elements(0, 1)
    print(l, Bool(sp))
    var bytes = "hi!".as_bytes()
    print(bytes[2], len(bytes))
