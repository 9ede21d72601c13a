"""Finding in strings, with starts and ends."""


def main():
    var s = String("the cat sat on the mat")
    print(s.find("the"), s.find("the", 1), s.find("dog"), s.find(""))
    print(s.rfind("the"), s.rfind("at"), s.rfind("dog"))
    print(s.count("at"), s.count("the"), s.count("xx"), s.count(""))
    print(s.startswith("the"), s.startswith("cat", 4), s.endswith("mat"), s.endswith("cat", 0, 7))
    print("cat" in s, "dog" in s, "" in s)
    print(s.replace("at", "og"), s.replace("t", ""), s.replace("zz", "y"))
    print(s.removeprefix("the "), s.removesuffix(" mat"), s.removeprefix("x"))
    var z = String("über Ærø")
    print(z.find("r"), z.rfind("r"), z.find("Ærø"), z.byte_length(), z.count_codepoints())
    print(z.startswith("ü"), z.endswith("ø"))
    print(s.split("at", 1), len(s.split(" ")))
    print(s.split(), "  a  b ".split(), "".split(), "".split(","))
    print("a,b,,c,".split(","), "a--b--c".split("--"), ",".split(","))
    for part in "k=v=w".split("=", maxsplit=1):
        print(part, end="|")
    print()
    print(String("one\ntwo\r\nthree\n").splitlines(), len(String("x\n\ny").splitlines(keepends=True)))
