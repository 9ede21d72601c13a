"""What pointers can do."""

from std.memory import alloc


def main():
    var p = alloc[Int](5)
    for i in range(5):
        p.unsafe_offset(i).unsafe_write(i * i)
    print(p[unsafe_offset=3], p.unsafe_load(2), (p.unsafe_offset(4))[])
    var q = p.unsafe_offset(2)
    print(q > p, q == p, q != p, Int(q) - Int(p))
    q[] = 100
    print(p[unsafe_offset=2])
    p.unsafe_store(1, 7)
    print(p[unsafe_offset=1])
    var bytes = p.unsafe_bitcast[UInt8]()
    print(bytes[unsafe_offset=8], bytes[unsafe_offset=9])
    var v = p.unsafe_load[width=4](0)
    print(v)
    p.unsafe_store(0, v * 2)
    print(p.unsafe_load[width=4](0).reduce_add())
    var s = alloc[String](2)
    s.unsafe_write(String("one"))
    s.unsafe_offset(1).unsafe_write("two")
    print(s[], s[unsafe_offset=1])
    var taken = s.unsafe_take_pointee()
    print(taken)
    s.unsafe_offset(1).unsafe_deinit_pointee()
    s.unsafe_free()
    p.unsafe_free()
    var x = 3
    var r = Pointer(to=x)
    r[] += 4
    print(x, r[])
