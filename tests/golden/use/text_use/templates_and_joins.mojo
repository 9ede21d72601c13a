def main():
    var names: List[String] = ["x", "y", "z"]
    print(String(", ").join(names))
    var a = 3
    var b = 4.5
    print(t"{a} + {b} = {Float64(a) + b}")
    var s = String(t"<{names[1]}>")
    print(s, s.byte_length())
    print("{} and {}".format(a, b))
