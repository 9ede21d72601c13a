def try_int(s: String):
    try:
        print(Int(s), atol(s))
    except e:
        print(e)


def try_float(s: String):
    try:
        print(Float64(s), atof(s))
    except e:
        print(e)


def main() raises:
    try_int("12")
    try_int(" -7 ")
    try_int("+5")
    try_int("1_000")
    try_int("1__0")
    try_int("_1")
    try_int("1_")
    try_int("")
    try_int("-")
    try_int("12x")
    try_int("9223372036854775807")
    try_int("9223372036854775808")
    try_int("-9223372036854775808")
    try_int("99999999999999999999")
    try_int("0x10")
    print(atol("ff", 16), atol("0xff", 16), atol("0x1F", 0), atol("101", 2), atol("z", 36))
    try_float("1.5")
    try_float("  2.5  ")
    try_float("nan")
    try_float("-inf")
    try_float("Infinity")
    try_float("1e400")
    try_float("1e-400")
    try_float("abc")
    try_float("")
    try_float("1.5x")
    try_float("1e")
    try_float("-")
    try_float("5.")
    try_float("-.5")
    try_float(".")
    try_float("1.2.3")
    try_float("1e5.5")
    try_float("1E+5")
    try_float("0.1")
    try_float("123456789012345678901234567890")
    try_float("2.2250738585072011e-308")
    try_float("4.9e-324")
    try_float("2.4e-324")
    try_float("1.7976931348623157e308")
    try_float("9007199254740993")
    try_float("9007199254740992.9999999999999999999999")
    try_float("1e23")
    try_float("8.5e-5")
