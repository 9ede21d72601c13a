def shift(text: String, by: Int) -> String:
    var out_ = String()
    for b in text.as_bytes():
        var c = Int(b)
        if 97 <= c <= 122:
            c = (c - 97 + by) % 26 + 97
        elif 65 <= c <= 90:
            c = (c - 65 + by) % 26 + 65
        out_ += chr(c)
    return out_


def main():
    var secret = shift("Hello, World!", 3)
    print(secret)
    print(shift(secret, 23))
