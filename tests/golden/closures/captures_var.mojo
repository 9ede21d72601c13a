def main():
    var k = 10

    def frozen(x: Int) {var k} -> Int:
        return x + k

    k = 30
    print(frozen(1), k)

    var text = String("kept")

    def same() {var text} -> String:
        return text + "!"

    text = "changed"
    print(same(), text)

    var xs: List[Int] = [1, 2, 3]

    def total() {var xs^} -> Int:
        var sum = 0
        for x in xs:
            sum += x
        return sum

    print(total(), total())
    for i in range(3):
        def scaled(x: Int) {var i} -> Int:
            return x * i

        print(scaled(10))
