def main():
    var k = 10

    def show[T: Writable](x: T) {imm k}:
        print(x, k)

    show(1)
    show("s")
    show(2.5)

    def scaled[n: Int](i: Int) {imm k} -> Int:
        return n * i + k

    print(scaled[3](4), scaled[5](4))

    def defaults(x: Int, y: Int = 5, *, z: Int = 1) {imm k} -> Int:
        return x + y * z + k

    print(defaults(1), defaults(1, 2), defaults(y=3, x=1), defaults(1, z=7))
