"""`def` with typed arguments in every convention, in one function."""


def mix(imm a: Int, mut b: Int, var c: List[Int], ref d: String, out r: Int):
    b += a
    c.append(b)
    r = len(c) + d.byte_length()


def main():
    var b = 1
    var c: List[Int] = [1, 2]
    var d = String("four")
    print(mix(3, b, c.copy(), d), b, len(c))
    print(mix(3, b, c^, d), b)
