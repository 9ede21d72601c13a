def sq(x: Int) -> Int:
    return x * x
def thin(f: def(Int) thin -> Int, x: Int) -> Int:
    return f(x)
def shout(x: Int) -> Int:
    print("x", x)
    return x
def apply[F: def(Int) -> Int](f: F, x: Int) -> Int:
    return f(x)
comptime Y = apply(sq, 5)
def main() raises:
    print(Y)
    var fs: List[def(Int) thin -> Int] = [sq, shout]
    var t = 0
    for i in range(4):
        t += fs[i % 2](i)
    print(t)
    var seen = List[Int]()
    def risky(i: Int) raises {mut seen} -> Int:
        if i == 3:
            raise Error("three")
        seen.append(i)
        return i * 2
    var s = 0
    try:
        for i in range(6):
            s += risky(i)
    except e:
        print(e, s, seen)
    def early(i: Int) {imm t} -> Int:
        if i < 2:
            return t
        return i
    for i in range(4):
        s += early(i)
    print(s)
    def owns(var text: String) {mut seen} -> String:
        text += String(len(seen))
        return text
    for i in range(2):
        print(owns(String("n") + String(i)))
