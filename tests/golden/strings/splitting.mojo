def main():
    var parts = String("a,b,,c").split(",")
    print(parts, len(parts))
    print(String("  the quick\tbrown\n fox ").split(), len(String(" a b ").split()))
    print(len(String("abc").split(",")), String("x--y--z").split("--"))
    print("|" + String("  pad  ").strip() + "|" + String("  pad").lstrip() + "|")
    print("|" + String("pad \n").rstrip() + "|")
    print(String(", ").join(parts))
    print(ord("A"), ord("é"), chr(97), chr(8364), chr(128512))
