"""Pieces of all lengths are copied, also onto themselves, and compared."""

from std.memory import alloc, unsafe_memcpy, unsafe_memmove


def main():
    var source = alloc[UInt8](400)
    var target = alloc[UInt8](400)
    var wrong = 0
    for length in range(140):
        for i in range(400):
            source[unsafe_offset=i] = UInt8((i * 7 + length) % 251)
            target[unsafe_offset=i] = 255
        unsafe_memcpy(dest=target.unsafe_offset(3), src=source.unsafe_offset(5), count=length)
        for i in range(400):
            var expected = UInt8(((i + 2) * 7 + length) % 251) if 3 <= i and i < 3 + length else UInt8(255)
            if target[unsafe_offset=i] != expected:
                wrong += 1
        for shift in range(-9, 10, 3):
            for i in range(400):
                target[unsafe_offset=i] = source[unsafe_offset=i]
            unsafe_memmove(dest=target.unsafe_offset(100 + shift), src=target.unsafe_offset(100), count=length)
            for i in range(length):
                if target[unsafe_offset=100 + shift + i] != source[unsafe_offset=100 + i]:
                    wrong += 1
    source.unsafe_free()
    target.unsafe_free()
    var text = String()
    var equal = 0
    for length in range(70):
        var other = text
        if text == other:
            equal += 1
        for at in range(length):
            var changed = String(text[byte=0:at]) + "#" + String(text[byte=at + 1 : length])
            if text == changed or not (text != changed):
                wrong += 1
        text += chr(97 + length % 26)
    print(wrong, equal, text)
