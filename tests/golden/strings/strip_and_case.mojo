"""Stripping, cases and classes of strings."""


def main():
    var s = String("  \t padded text \n ")
    print("[", s.strip(), "] [", s.lstrip(), "] [", s.rstrip(), "]", sep="")
    print("xxyhixyx".strip("xy"), "xxyhixyx".lstrip("x"), "xxyhixyx".rstrip("yx"))
    print("MiXed 123 x".upper(), "MiXed 123 Z".lower())
    print("abc".islower(), "ABC".isupper(), "aBc".islower(), "123".isupper(), "A1".isupper())
    print(String("   \t").is_ascii_whitespace(), String("12").is_ascii_digit(), String("1a").is_ascii_digit(), String().is_ascii_digit())
    print(String("abc").is_ascii_printable(), String("a\tb").is_ascii_printable())
    print("7".ascii_rjust(3, "0"), "ab".ascii_ljust(4, ".") + "|", "mid".ascii_center(7, "*"))
    print("long".ascii_rjust(2), "x".ascii_center(4))
    print("a" < "b", "abc" < "abd", "Z" < "a", "abc" <= "abc", "b" > "abc", "" < "a")
    print("ab" * 3, "-" * 0 + "x", String("a") + "b" + String(3))
    var t = String("abc")
    t += "def"
    print(t, t * 2, t == "abcdef", t != "abc")
    print(", ".join(["a", "b", "c"]), "-".join([1, 2, 3]), "".join(["x"]))
    print(ord("a"), chr(955), ord("λ"), chr(128512), ascii("tab\t é"))
    print(hash(String("a")) == hash("a"))
