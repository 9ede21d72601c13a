def main():
    var k = 10
    var name = String("n")

    def add(x: Int) {imm k} -> Int:
        return x + k

    def show(x: Int) {imm name, imm k}:
        print(name, x, k)

    print(add(1))
    k = 20
    print(add(1))
    name += "ew"
    show(3)

    def plain(x: Int) -> Int:
        return x * 3

    def empty(x: Int) {} -> Int:
        return x * 4

    print(plain(2), empty(2))
    print(add(add(add(0))))
