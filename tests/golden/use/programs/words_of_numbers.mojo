"""Numbers in words and Roman digits, both ways, over tables that are made at compile time."""

comptime ONES: List[StaticString] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]


def tens(n: Int) -> String:
    var names: List[String] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    return names[n]


def words(n: Int) -> String:
    if n < 0:
        return "minus " + words(-n)
    if n < 20:
        return String(materialize[ONES]()[n])
    if n < 100:
        return tens(n // 10) + ("-" + words(n % 10) if n % 10 else "")
    if n < 1000:
        return words(n // 100) + " hundred" + (" and " + words(n % 100) if n % 100 else "")
    return words(n // 1000) + " thousand" + (" " + words(n % 1000) if n % 1000 else "")


def roman(n: Int) -> String:
    var marks: List[Tuple[Int, String]] = [
        (1000, String("M")), (900, String("CM")), (500, String("D")), (400, String("CD")), (100, String("C")),
        (90, String("XC")), (50, String("L")), (40, String("XL")), (10, String("X")), (9, String("IX")),
        (5, String("V")), (4, String("IV")), (1, String("I")),
    ]
    var out = String()
    var rest = n
    for mark in marks:
        while rest >= mark[0]:
            out += mark[1]
            rest -= mark[0]
    return out


def value(text: String) raises -> Int:
    var digits: Dict[String, Int] = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    var total = 0
    var last = 0
    for c in text.codepoint_slices():
        var digit = digits[String(c)]
        total += digit - 2 * last if digit > last else digit
        last = digit
    return total


def main() raises:
    for n in [0, 7, 13, 20, 42, 100, 999, 1066, 12345, -5]:
        print(n, words(n))
    for n in [4, 9, 14, 1994, 2026, 3999]:
        print(n, roman(n), value(roman(n)) == n)
