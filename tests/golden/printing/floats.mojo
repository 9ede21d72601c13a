# Shortest digits that read back; exponent form from 1e16 on and below 1e-4.
def show(x: Float64):
    print(x, -x)


def main():
    show(0.0)
    show(1.0)
    show(0.1)
    show(100.0)
    show(123456.789)
    show(1e15)
    show(9999999999999998.0)
    show(1e16)
    show(1e17)
    show(1.2345678901234567e19)
    show(1e22)
    show(1e23)
    show(1.7976931348623157e308)
    show(2.2250738585072014e-308)
    show(5e-324)
    show(1e-4)
    show(0.00012345)
    show(1e-5)
    show(0.000012345)
    show(1e-10)
    show(4.35)
    show(2.5e-8)
    show(9007199254740993.0)
    show(0.3333333333333333)
    show(2.0 / 3.0)
    var tenth = 0.1
    show(tenth + 0.2)
    show(tenth * 3.0)
    show(1.0 / tenth)
    var zero = 0.0
    show(1.0 / zero)
    print(zero / zero != zero / zero)
