"""Vectors: dot product by loads, vectorize with captures, masks and shuffles, CRC and xorshift."""
from std.algorithm import vectorize
from std.sys import simd_width_of
from std.math import sqrt, fma, exp, log

def dot(a: List[Float32], b: List[Float32]) -> Float32:
    var acc = SIMD[DType.float32, 4](0)
    var n = len(a) // 4 * 4
    for i in range(0, n, 4):
        acc += a.unsafe_ptr().unsafe_load[width=4](i) * b.unsafe_ptr().unsafe_load[width=4](i)
    var s = acc.reduce_add()
    for i in range(n, len(a)):
        s += a[i] * b[i]
    return s

def saxpy(a: Float64, x: List[Float64], mut y: List[Float64]):
    var px = x.unsafe_ptr()
    var py = y.unsafe_ptr()
    def step[width: Int](i: Int) {imm a, imm px, imm py}:
        py.unsafe_store(i, a * px.unsafe_load[width=width](i) + py.unsafe_load[width=width](i))
    vectorize[4](len(x), step)

def crc32(data: Span[UInt8, _]) -> UInt32:
    var crc = UInt32(0xFFFFFFFF)
    for b in data:
        crc ^= UInt32(b)
        for _ in range(8):
            crc = (crc >> 1) ^ (0xEDB88320 & (~(crc & 1) + 1))
    return ~crc

def xorshift(mut s: UInt64) -> UInt64:
    s ^= s << 13
    s ^= s >> 7
    s ^= s << 17
    return s

def main():
    var a: List[Float32] = [Float32(i) * 0.5 for i in range(11)]
    var b: List[Float32] = [Float32(11 - i) for i in range(11)]
    print(dot(a, b))
    var x: List[Float64] = [1, 2, 3, 4, 5, 6, 7]
    var y: List[Float64] = [0.5 for _ in range(7)]
    saxpy(2, x, y)
    print(y)
    print(hex(crc32("123456789".as_bytes())))
    var s: UInt64 = 88172645463325252
    for _ in range(3):
        print(xorshift(s), end=" ")
    print()
    var v = SIMD[DType.int32, 8](1, 2, 3, 4, 5, 6, 7, 8)
    print(v * v, v.reduce_max(), v.gt(4), v.shuffle[7, 6, 5, 4, 3, 2, 1, 0](), v.cast[DType.float64]() / 2)
    print((v % 2).eq(0).select(v, -v), v.slice[4](), v.eq(3).reduce_or())
    print(sqrt(SIMD[DType.float64, 2](2, 3)), UInt8(255) + 1, Int8(-128) - 1, Int32(7) / 2, Float64(7) // 2, 7.5 % 2)
