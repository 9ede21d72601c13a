"""std.base64, both ways."""

from std.base64 import b64encode, b64decode, b16encode, b16decode


def main() raises:
    for text in ["", "a", "ab", "abc", "hello world", "ünïcödé"]:
        var e = b64encode(text)
        print(e, e.byte_length())
        var h = b16encode(text)
        print(h)
    print(String(from_utf8=b64decode("aGVsbG8=")))
    print(String(from_utf8=b16decode("48656C6C6F")))
    var data: List[UInt8] = [0, 255, 16, 128]
    print(b64encode(data))
