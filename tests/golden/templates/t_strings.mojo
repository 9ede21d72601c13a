"""t-strings, format, and the forms of string literals."""


def show(s: String):
    print("show", s)
def main() raises:
    var x = 3
    var name = String("bob")
    var s = t"v {x}"
    print(s)
    print(t"{{literal}} {x}")
    var l: List[Int] = [1, 2]
    print(t"list {l}")
    print("{} and {}".format(x, name))
    print("{1} {0}".format(x, name))
    print("{!r} {}".format(name, 1.5))
    print("{{}} {}".format(x))
    print(String("{}-{}").format(1, 2.5))
    print('single', "dou" "ble", """multi
line""", r"raw\n", "tab\tq\"\x41\u00e9\101\n", '''x''')
    print(t"{x + 1} {name.byte_length()} {l[0]}")
    var u = String(t"{x}") + "!"
    print(u)
