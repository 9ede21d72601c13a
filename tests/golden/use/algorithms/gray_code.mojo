def main():
    for i in range(16):
        var code = i ^ (i >> 1)
        var bits = String()
        for b in range(3, -1, -1):
            bits += "1" if (code >> b) & 1 == 1 else "0"
        print(i, bits, end="; ")
    print()
