def main():
    var a = 1
    var b = 2

    def both() {mut}:
        a += 1
        b += 1

    both()

    def look() {imm} -> Int:
        return a + b

    print(look())

    def mixed() {mut a, imm} -> Int:
        a += b
        return a

    print(mixed())

    def copied() {var} -> Int:
        return a * b

    a = 100
    print(copied())

    def by_ref() {ref a} -> Int:
        a += 5
        return a

    print(by_ref(), a)

    def local_names() {imm a} -> Int:
        var b = 7
        for a2 in range(3):
            b += a2
        return a + b

    print(local_names(), b)
