"""Text: counting words, ciphers, splitting, numbers to and from text."""
from std.collections import Counter, Dict, Set

comptime TEXT = """It was the best of times, it was the worst of times,
it was the age of wisdom, it was the age of foolishness,
it was the epoch of belief, it was the epoch of incredulity"""

def clean(word: StringSlice) -> String:
    var out = String()
    for cp in word.codepoints():
        var n = Int(cp)
        if (n >= ord("a") and n <= ord("z")) or (n >= ord("A") and n <= ord("Z")):
            out += String(cp).lower()
    return out^

def is_palindrome(s: String) -> Bool:
    var b = s.as_bytes()
    for i in range(len(b) // 2):
        if b[i] != b[len(b) - 1 - i]:
            return False
    return True

def caesar(s: String, k: Int) -> String:
    var out = String()
    for c in s.codepoint_slices():
        var o = ord(c)
        if ord("a") <= o <= ord("z"):
            o = (o - ord("a") + k) % 26 + ord("a")
        out += chr(o)
    return out

def main() raises:
    var counter = Counter[String]()
    for line in String(TEXT).splitlines():
        for word in line.split():
            counter[clean(word)] += 1
    for item in counter.most_common(4):
        print(item._value, item._count)
    var unique = Set[String]()
    for w in counter.keys():
        unique.add(w)
    print(len(unique), "wisdom" in unique, "folly" in unique)
    print(is_palindrome("racecar"), is_palindrome("race"))
    var enc = caesar("the quick brown fox", 3)
    print(enc, "|", caesar(enc, -3))
    print("a,b,,c".split(","), "x".join(["1", "2", "3"]), "abc".upper(), "  pad ".strip(), "hello".find("l"), "hello".rfind("l"))
    print("{} is {} years and {}".format("Ann", 30, 1.5), "%", "na" * 4)
    print(String("hello world").replace("o", "0").removeprefix("hell"), String("title").startswith("ti"), "é".byte_length())
    var rows = [("pear", 3, 1.25), ("fig", 12, 0.5), ("banana", 100, 0.125)]
    for row in rows:
        print(row[0].ascii_ljust(8, "."), String(row[1]).ascii_rjust(5), row[2] * Float64(row[1]))
    print(atol("  42 "), atol("-0x1f", 16), Int("77"), atof("1e-3"), Float64("2.5"))
    try:
        print(Int("4x"))
    except e:
        print(e)
    print(hex(255), bin(5), oct(64), chr(9731), ord("☃"))
    print(String(1 / 3), Float32(1) / 3, 1e100, 1e16, 123456789.0, -0.0, Float64.MAX, UInt8(200) + 100)
