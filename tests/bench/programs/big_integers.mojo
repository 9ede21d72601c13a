"""The digits of 2^160000 + 3^80000, in limbs of nine digits."""


def multiply(mut limbs: List[UInt64], factor: UInt64):
    var carry = UInt64(0)
    for i in range(len(limbs)):
        var value = limbs[i] * factor + carry
        limbs[i] = value % 1000000000
        carry = value // 1000000000
    if carry > 0:
        limbs.append(carry)


def main():
    var a: List[UInt64] = [1]
    for _ in range(160_000 // 8):
        multiply(a, 256)
    var b: List[UInt64] = [1]
    for _ in range(80_000 // 4):
        multiply(b, 81)
    var digits = UInt64(0)
    for i in range(len(a)):
        digits = (digits * 31 + a[i] + (b[i] if i < len(b) else 0)) % 1000000007
    print(len(a), len(b), digits)
