def late(n: Int) -> String:
    var s: String
    if n > 2:
        s = "big"
    else:
        s = "small"
    for i in range(n):
        s = String(i)
    return s

def main():
    var s = String("ab")
    print(s, late(4), late(0))
    var t: String
    for i in range(200000):
        t = String(i) + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        if t.byte_length() < 3:
            print(t)
    print("end")
