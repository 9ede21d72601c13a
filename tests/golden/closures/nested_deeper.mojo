def main():
    var k = 1
    var xs: List[Int] = [1, 2, 3]

    def outer(a: Int) {imm} -> Int:
        def inner(b: Int) {imm} -> Int:
            return b + a + len(xs)

        return inner(1) + inner(2)

    print(outer(5))

    def f(x: Int) {mut k} -> Int:
        k += x
        return k

    def g(x: Int) {imm f} -> Int:
        return f(x) * 2

    print(g(2), k)

    def h(x: Int) {mut f, mut k} -> Int:
        k += 1
        return f(x) + k

    print(h(2), k)

    def deep() {mut}:
        def deeper() {mut}:
            def deepest() {mut}:
                xs.append(k)

            deepest()
            k += 1

        deeper()
        deeper()

    deep()
    print(xs, k)
