def main() raises:
    print(hex(255), bin(10), oct(64))
    print(String(3.0), String(-0.5), String(1e21), String(True))
    print(Float64(1) / 3, Float32(1) / 3)
    print(Int("42") + 1, atof("2.5") * 2)
