"""Integers in other bases, and methods of numbers."""


def main():
    print(hex(255), hex(-255), hex(UInt8(200)), hex(0), bin(10), bin(-5), oct(64), oct(-8))
    print(hex(255, prefix=""), bin(5, prefix="b"), oct(9, prefix="o"), hex(3735928559, prefix="#"))
    print(divmod(17, 5), divmod(-17, 5), divmod(17, -5), divmod(7.5, 2.0))
    print(pow(2, 10), pow(2.0, 3), pow(3, 0), 2 ** 8, (-2) ** 3)
    print(abs(-3), abs(2.5), abs(Int8(-5)), abs(-0.0))
    print(round(2.5), round(3.5), round(-2.567, 2), round(1234.5678, 1), round(7))
    print(min(3, 1, 2), max(1.5, 2.5), min("b", "a"), max(3, 9), min(UInt8(3), 4))
    var a = 12
    print(a.is_power_of_two(), Int(16).is_power_of_two(), Int.MAX, Int.MIN, UInt8.MAX, Int16.MIN)
    print(a.__floordiv__(5), a.__mod__(5), a.__pow__(2), (-a).__abs__(), a.__bool__())
    print(Float32.MAX_FINITE, Float64.MIN_FINITE, Float64.MAX, Float64.MIN)
    var f = 2.75
    print(f.__floor__(), f.__ceil__(), f.__trunc__(), f.__round__(), f.__int__(), Int(f))
    print(f.clamp(0, 2), Int(5).clamp(7, 9), (3).__add__(4))
    print(Float64(3).cast[DType.int32](), Int(300).cast[DType.uint8](), Int(-1).cast[DType.uint32]())
    print(True.__int__(), Bool(3), Bool(0.0), Int(True), Float64(True))
    print(7 // 2, -7 // 2, 7 % -3, -7 % 3, 7.5 // 2, -7.5 % 2)
    print(Int(3) & 5, Int(3) | 5, Int(3) ^ 5, ~Int(3), Int(1) << 5, Int(-64) >> 2)
