"""Rounds of a hash over a stream of words: rotations, additions and exclusive ors on 32 bits."""


def rotate(x: UInt32, n: UInt32) -> UInt32:
    return (x >> n) | (x << (32 - n))


def main():
    var a = UInt32(0x6A09E667)
    var b = UInt32(0xBB67AE85)
    var c = UInt32(0x3C6EF372)
    var d = UInt32(0xA54FF53A)
    for i in range(40_000_000):
        var word = UInt32(i & 0xFFFFFFFF) * 2654435761
        var sigma = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
        var choice = (b & c) ^ (~b & d)
        var t = d + sigma + choice + word
        d = c
        c = rotate(b, 9)
        b = a
        a = t
    print(a, b, c, d)
