"""One value for several targets: the last target is given it first."""


def f(name: String) -> Int:
    print("eval", name)
    return 0

@fieldwise_init
struct S:
    var a: Int
    var b: Int

    def reset(mut self):
        self.a = self.b = 7

def main():
    var a = 1
    var b = 2
    var c = 3
    a = b = c = 9
    print(a, b, c)
    var s = S(1, 2)
    s.reset()
    print(s.a, s.b)
    var l: List[Int] = [1, 2, 3]
    l[f("x")] = l[f("y") + 1] = f("z") + 8
    print(l)
    var t: String
    var u: String
    t = u = String("x") + "y"
    t += "!"
    print(t, u)
    var k = 4.0
    var j: Float64
    j = k = 2
    print(j, k)
    a = (b := 4)
    print(a, b)
