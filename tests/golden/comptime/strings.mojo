def repeat(s: String, n: Int) -> String:
    var r = String()
    for _ in range(n):
        r += s
    return r


def banner(title: String) -> String:
    var line = repeat("=", title.byte_length() + 2)
    return line + "\n " + title + "\n" + line


comptime STR = String("abc") + "def"
comptime LIT = "abc"
comptime LONG = repeat("0123456789", 12)
comptime BANNER = banner("Mojo")
comptime EMPTY = repeat("x", 0)


def main():
    print(STR, LIT, STR.byte_length())
    print(LONG)
    print(BANNER)
    print(EMPTY.byte_length(), EMPTY == "")
    comptime n = LONG.byte_length()
    comptime if n > 100:
        print("long", n)
    var own = STR
    own += "!"
    print(own, STR)
    comptime same = STR == "abcdef"
    print(same)
    comptime number = String(12) + "/" + String(2.5) + "/" + String(True)
    print(number)
