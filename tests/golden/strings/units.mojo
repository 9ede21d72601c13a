"""Code points, bytes and slices of strings."""


def main() raises:
    var s = String("naïve λ😀")
    print(s.byte_length(), s.count_codepoints(), s.count_graphemes())
    for c in s.codepoints():
        print(Int(c), c.utf8_byte_length(), end=" ")
    print()
    for c in s.codepoint_slices():
        print(c, end="|")
    print()
    for c in s:
        print(c, end="/")
    print()
    for b in s.as_bytes():
        print(b, end=" ")
    print()
    print(s[byte=0], s[byte=0:2], s[byte=4:], s[codepoint=2], s[grapheme=6])
    var bytes: List[UInt8] = [72, 105, 33]
    print(String(from_utf8=bytes), String(unsafe_from_utf8=bytes))
    var bad: List[UInt8] = [72, 255, 33]
    try:
        print(String(from_utf8=bad))
    except e:
        print(e)
    print(String(from_utf8_lossy=bad))
    var c = Codepoint.ord("é")
    print(c, c.to_u32(), c.is_ascii(), c.is_python_space(), c.is_ascii_digit(), c.is_ascii_upper())
    print(Codepoint(65), Codepoint.from_u32(955).value(), Bool(Codepoint.from_u32(0xD800)))
    var r = String()
    r.write("a", 1, 2.5, True)
    r.write_string("!")
    print(r, r.capacity() >= 7)
    r.reserve(100)
    print(r.capacity() >= 100)
