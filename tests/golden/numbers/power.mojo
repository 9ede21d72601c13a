def main():
    var i = 3
    print(i ** 0, i ** 1, i ** 5, i ** 40, i ** 41, (-i) ** 3)
    print(Int32(7) ** 2, UInt8(3) ** 3, UInt8(3) ** 6)
    for k in range(-6, 30):
        print(Float64(1.1) ** k, end=" ")
    print()
    var x = 2.0
    print(x ** 3, x ** -2, x ** 10.0, x ** 0.0, (-x) ** 3, 0.5 ** x)
    print(Float32(1.1) ** 2, Float32(1.1) ** 7, Float32(3.0) ** -2)
    print(pow(x, 3), pow(2, 10), pow(x, 5.0))
    var one = 1
    print(one ** -1, (-one) ** -3, (one + 1) ** -1, (one - 1) ** 0)
