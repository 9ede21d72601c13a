from std.memory import Pointer, alloc, unsafe_memcpy, unsafe_memset_zero, unsafe_memcmp, unsafe_memset
from std.memory.alloc import unsafe_alloc, dealloc, Layout
def sum(a: Int) -> Int32:
    var h = alloc(Layout[Int32](count=8))
    var d = h.unsafe_span()
    for i in range(len(d)):
        d[i] = Int32(i) * Int32(a)
    var t = Int32(0)
    for v in d:
        t += v
    dealloc(h^)
    return t
def main():
    print(sum(3))
    var p = unsafe_alloc[Float64](8)
    for i in range(8):
        (p + i).unsafe_write(Float64(i))
    print(p.unsafe_load[width=4](2))
    p.unsafe_store(4, SIMD[DType.float64, 2](10, 20))
    p.unsafe_store(0, 7.5)
    print(p[unsafe_offset=4], p[unsafe_offset=5], p[unsafe_offset=0])
    var s = 0.0
    for i in range(0, 8, 2):
        s += p.unsafe_load[width=2](i).reduce_add()
    print(s)
    var q = unsafe_alloc[Float64](8)
    unsafe_memcpy(dest=q, src=p, count=8)
    print(q[unsafe_offset=5], unsafe_memcmp(p, q, 8))
    q[unsafe_offset=5] = 0
    print(unsafe_memcmp(p, q, 8) != 0)
    unsafe_memset_zero(q, 8)
    print(q[unsafe_offset=4])
    var b = q.unsafe_bitcast[UInt64]()
    b[unsafe_offset=0] = 0x3FF0000000000000
    print(q[unsafe_offset=0])
    var bytes = q.unsafe_bitcast[UInt8]()
    unsafe_memset(bytes, 1, 8)
    print(b[unsafe_offset=0], bytes[unsafe_offset=7])
    p.unsafe_free()
    q.unsafe_free()
    var l: List[Float32] = [1, 2, 3, 4, 5, 6, 7, 8]
    var lp = l.unsafe_ptr()
    var v = lp.unsafe_load[width=4](4)
    lp.unsafe_store(0, v * 2)
    print(l)
    var o = List[Int](unsafe_uninit_length=3)
    for i in range(3):
        o[i] = i
    o.resize(unsafe_uninit_length=4)
    o[3] = 9
    print(o, len(o))
