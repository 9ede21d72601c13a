def main():
    var s = String("hello")
    var t = s + " " + "world"
    print(t, t.byte_length(), s == "hello", s != "hello", s < t, t <= s)
    s += "!"
    print(s, t)
    var u = s
    u += "?"
    print(s, u)
    print("abc" * 3, "é".byte_length(), String("é😀").count_codepoints())
    print("ell" in s, "xyz" in s, s.find("l"), s.find("z"), s.rfind("l"), s.find("l", 3))
    print(s.startswith("he"), s.endswith("!"), s.count("l"))
    print(String("a-b-c").replace("-", "+"), String("aaa").replace("aa", "b"))
    print(s.upper(), String("MiXeD").lower())
    print(String("").byte_length(), "" == "", "a" < "b", "a" < "aa", "Z" < "a")
