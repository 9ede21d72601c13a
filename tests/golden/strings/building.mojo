def pad(text: String, width: Int) -> String:
    var result = text
    while result.byte_length() < width:
        result = " " + result
    return result


def hex_digit(value: Int) -> String:
    if value < 10:
        return String(value)
    return chr(97 + value - 10)


def to_hex(value: Int) -> String:
    if value < 16:
        return hex_digit(value)
    return to_hex(value // 16) + hex_digit(value % 16)


def main():
    for i in range(1, 6):
        var row = String()
        for j in range(1, 6):
            row += pad(String(i * j), 4)
        print(row)
    print(to_hex(255), to_hex(3735928559))
    var long = String()
    for i in range(1000):
        long += String(i % 10)
    print(long.byte_length(), long.count("9"))
