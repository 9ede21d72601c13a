def main() raises:
    var s = String("añ日🎉e\u0301x\r\ny🇩🇪🇫🇷👨‍👩‍👧")
    for c in s:
        print("[" + String(c) + "]", c.byte_length())
    for c in s.codepoints():
        print(c, Int(c), c.to_u32(), c.utf8_byte_length(), end=" ")
    print()
    for c in s.codepoint_slices():
        print("[" + String(c) + "]", c.byte_length())
    print(s.count_codepoints(), s.count_graphemes())
    for i, c in enumerate("abc".codepoints()):
        print(i, c)
    var total = 0
    for b in s.as_bytes():
        total += Int(b)
    print(total)
    for c in "hello":
        if c == "l":
            print("l!")
    var c = Codepoint.ord("a")
    print(c, c == Codepoint.ord("b"), c.is_ascii(), c.is_ascii_digit(), c.is_ascii_upper(), c.is_ascii_lower())
    for x in "abc".graphemes():
        print(x)
    var cp = Codepoint(233)
    print(cp, Codepoint.from_u32(55).value())
