def main():
    print(min(1, 2), max(1, 2), min(2.5, 1.5), max(-1.0, -2.0), abs(-3), abs(-2.5), abs(7))
    var x = 2.5
    var i = -4
    print(min(x, 1.0), max(x, 3.0), min(i, 0), max(i, 0), abs(i), abs(-x))
    print(round(x), round(x + 1.0), round(-x), round(0.4999 * x), round(-0.2 * x))
    print(round(12.3456 * x, 2), round(Float32(2.5)), round(Float32(3.5)))
    print(min(3, 1, 2), max(3, 1, 2), min(UInt8(3), UInt8(4)), max(Int32(-3), Int32(4)))
    print(abs(Int8(-128)), abs(Int32(-5)), abs(Float32(-1.5)))
    print(divmod(-7, 2)[0], divmod(-7, 2)[1])
