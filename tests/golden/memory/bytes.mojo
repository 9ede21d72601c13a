"""Memory as bytes: copying, filling, comparing."""

from std.memory import alloc, unsafe_memcpy, unsafe_memset, unsafe_memset_zero, unsafe_memcmp, memmove


def main():
    var a = alloc[Int32](8)
    var b = alloc[Int32](8)
    for i in range(8):
        a[unsafe_offset=i] = Int32(i * 3)
    unsafe_memset_zero(b, 8)
    print(b[unsafe_offset=3], unsafe_memcmp(a, b, 1), unsafe_memcmp(a, b, 8) > 0)
    unsafe_memcpy(dest=b, src=a, count=8)
    print(b[unsafe_offset=3], unsafe_memcmp(a, b, 8))
    unsafe_memset(b, 1, 8)
    print(b[unsafe_offset=0])
    a.unsafe_free()
    b.unsafe_free()
