"""Loops that look for a zero byte: compilers like to make calls of the C library of them."""


def length(bytes: Span[UInt8, _]) -> Int:
    var count = 0
    while bytes[count] != 0:
        count += 1
    return count


def main():
    var text = String("abc") + String("\0") + "def"
    print(length(text.as_bytes()), text.byte_length())
    var pointer = text.unsafe_ptr()
    var count = 0
    while pointer[unsafe_offset=count] != 0:
        count += 1
    print(count, text.byte_length())
