def main():
    print(hex(255), bin(5), oct(8), hex(-255), hex(0), bin(0), bin(-6))
    print(hex(9223372036854775807), hex(1 << 60), oct(511), bin(1 << 40))
