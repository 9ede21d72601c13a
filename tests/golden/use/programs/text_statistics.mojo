# Text statistics; string methods.
from std.collections import Counter, Set

comptime TEXT = """the quick brown fox jumps over the lazy dog
The dog sleeps; the FOX runs away -- quickly!
  numbers: 12, 7 and 3.5  """

def clean(word: StringSlice) -> String:
    var out = String()
    for c in word.codepoint_slices():
        if c.is_ascii_digit() or String(c).lower() != String(c).upper():
            out += c
    return out.lower()

def caesar(text: String, shift: Int) -> String:
    var out = String()
    for cp in text.codepoints():
        var c = Int(cp)
        if 97 <= c <= 122:
            c = (c - 97 + shift) % 26 + 97
        elif 65 <= c <= 90:
            c = (c - 65 + shift) % 26 + 65
        out += chr(c)
    return out^

def is_palindrome(s: String) -> Bool:
    var b = s.as_bytes()
    var i = 0
    var j = len(b) - 1
    while i < j:
        if b[i] != b[j]:
            return False
        i, j = i + 1, j - 1
    return True

def main() raises:
    var counts = Dict[String, Int]()
    for line in TEXT.split("\n"):
        for word in line.split():
            var w = clean(word)
            if w:
                counts[w] = counts.get(w, 0) + 1
    var keys = [k for k in counts.keys()]
    sort(keys)
    for k in keys:
        if counts[k] > 1:
            print(k.ascii_ljust(8, "."), counts[k])
    var letters = Counter[String]()
    for c in String(TEXT).lower().codepoint_slices():
        if c in "aeiou":
            letters[String(c)] += 1
    for item in letters.most_common(3):
        print(item._value, item._count)
    var secret = caesar("Hello, World!", 3)
    print(secret, caesar(secret, 23))
    for s in ["racecar", "noon", "abc", ""]:
        print(repr(String(s)), is_palindrome(String(s)))
    print(", ".join(["a", "b", "c"]), "x" * 3, "abc".startswith("ab"), "abcabc".count("bc"), "abcabc".rfind("b"))
    print("  pad ".strip() + "|", "xxhixx".strip("x"), String("a-b-c").replace("-", "+"), "Title".upper(), "naïve".byte_length(), "naïve".count_codepoints())
    print("{} and {} make {}".format(1, 2.5, "three"), "%", String("a,b,,c").split(",").__len__())
    print(Int("42") + atol("-0x1F", 16), atof("1e-3"), Float64("2.5"), hex(255), bin(10), oct(8))
    var u = Set[Int]()
    for x in [3, 1, 3, 2, 1]:
        u.add(x)
    print(len(u), 3 in u, 5 in u, u | {7}, u & {1, 9})
