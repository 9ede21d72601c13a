"""Reading integers and floats, and what is wrong with texts that are none."""


def int_of(text: String, base: Int = 10):
    try:
        print(atol(text, base), end="; ")
    except e:
        print(e)


def float_of(text: String):
    try:
        print(atof(text), end="; ")
    except e:
        print(e)


def main():
    for text in ["0", "42", "-17", "+5", "  8 ", "1_000", "9223372036854775807", "-9223372036854775808"]:
        int_of(text)
    print()
    for text in ["", "x", "12x", "1__0", "_1", "1_", "-", "9223372036854775808", "1.5", "- 1", "0x10"]:
        int_of(text)
    int_of("ff", 16)
    int_of("0xFF", 16)
    int_of("0xff", 0)
    int_of("0b101", 0)
    int_of("0o17", 0)
    int_of("17", 0)
    int_of("zz", 36)
    int_of("101", 2)
    print()
    int_of("102", 2)
    int_of("8", 8)
    int_of("1", 1)
    int_of("1", 37)
    for text in ["1.5", "-2", "1e3", "1E-2", ".5", "5.", "nan", "-inf", "infinity", "1e400", "4.9e-324", " 2.5 ", "1_0.5"]:
        float_of(text)
    print()
    for text in ["", "abc", "1e", "e5", "1.2.3", "--1", "1x", "."]:
        float_of(text)
    try:
        print(Int("77"), Int("-8") + 1, Float64("2.25"), Int(String("12")))
        print(Int("7 7"))
    except e:
        print(e)
