def main():
    var s = String("  Some Text \t")
    print(repr(String(s.strip())), repr(String(s.lstrip())), repr(String(s.rstrip())))
    print(s.upper(), s.lower())
    print(s.startswith("  S"), s.endswith("t"), s.find("Text"), s.find("no"))
    print(String("a-b-c").replace("-", "+"), String("ab") * 3)
    print(String("banana").count("an"), String("banana").rfind("an"))
