def encode(text: String) -> String:
    var out_ = String()
    var b = text.as_bytes()
    var i = 0
    while i < len(b):
        var j = i
        while j < len(b) and b[j] == b[i]:
            j += 1
        out_ += String(j - i)
        out_ += chr(Int(b[i]))
        i = j
    return out_


def main():
    print(encode("aaabccdddd"), encode("x"), repr(encode("")))
