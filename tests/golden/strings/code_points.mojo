"""Codepoints: classes, comparison, lengths."""


def main():
    var a = Codepoint.ord("a")
    var e = Codepoint.ord("é")
    print(a < e, a == Codepoint.ord("a"), e > a, a.is_ascii_lower(), a.is_ascii_upper(), e.is_ascii())
    print(a.utf8_byte_length(), e.utf8_byte_length(), Codepoint.ord("😀").utf8_byte_length())
    print(Codepoint.ord(" ").is_python_space(), Codepoint.ord("\n").is_posix_space(), Codepoint.ord("7").is_ascii_digit())
    print(a, e, Int(e), a.is_ascii_printable())
    var word = String("Grüße 7")
    var letters = 0
    for c in word.codepoints():
        if c.is_ascii_lower() or c.is_ascii_upper():
            letters += 1
    print(letters)
