"""std.sys: what is defined, and how large things are."""

from std.sys import align_of, size_of, bit_width_of, is_defined, get_defined_int, is_little_endian


struct Pair(Copyable, Movable):
    var a: UInt8
    var b: Int32


def main():
    print(align_of[Int](), align_of[UInt8](), align_of[Float32](), align_of[Pair]())
    print(size_of[Int](), size_of[Pair](), size_of[SIMD[DType.float32, 4]](), bit_width_of[Int16]())
    print(is_defined["FOO"](), get_defined_int["FOO", 7](), is_little_endian())
