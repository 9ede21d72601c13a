from std.memory import OwnedPointer, ArcPointer, Pointer, alloc, unsafe_memcpy, unsafe_memset_zero
def main():
    var a = alloc[Int](4)
    unsafe_memset_zero(a, 4)
    var b = alloc[Int](4)
    unsafe_memcpy(dest=b, src=a, count=4)
    print(b[3])
