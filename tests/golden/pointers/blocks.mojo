from std.memory import OwnedPointer, ArcPointer, Pointer, alloc, UnsafePointer
def sum(p: UnsafePointer[Int, MutUntrackedOrigin], n: Int) -> Int:
    var s = 0
    for i in range(n):
        s += p[i]
    return s
@fieldwise_init
struct Buf:
    var p: Pointer[Int, MutUntrackedOrigin]
    var n: Int
    def __deinit__(deinit self):
        self.p.unsafe_free()
        print("freed")
def main():
    var a = alloc[Int](4)
    for i in range(4):
        a[unsafe_offset=i] = i
    print(sum(a, 4))
    var b = Buf(alloc[Int](3), 3)
    b.p[0] = 5
    print(b.p[0], b.n)
    a.unsafe_free()
    var c = alloc[String](2)
    c.unsafe_write("abc")
    c.unsafe_offset(1).unsafe_write(String("def"))
    print(c[], c[1])
    c.swap_pointees(c + 1)
    print(c[], c[1])
    var s = c.unsafe_take_pointee()
    print(s)
    (c + 1).unsafe_deinit_pointee()
    c.unsafe_free()
    var d = c + 1
    print(d == c + 1, d != c, c < d, d - 1 == c)
