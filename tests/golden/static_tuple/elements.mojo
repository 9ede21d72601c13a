from std.utils import StaticTuple
def main():
    var t = StaticTuple[Float64, 3](1.0, 2.0, 3.0)
    print(t[0], t[1], len(t))
    t[1] = 5
    var u = t
    u[2] = 9
    print(t[2], u[2])
    var f = StaticTuple[Int, 4](fill=7)
    for i in range(len(f)): print(f[i], end=" ")
    print()
    comptime K = StaticTuple[Int, 3](4, 5, 6)
    print(K[1])
    var z = StaticTuple[Int, 2]()
    print(t.size)
    z[0] = 1
    z[1] = 2
    print(z[0])
    var i = 2
    print(t[i])
    print(t._replace[0](8.0)[0])
