def popcount(x: UInt64) -> Int:
    var n = x
    var count = 0
    while n != 0:
        n &= n - 1
        count += 1
    return count


def gcd(a: UInt32, b: UInt32) -> UInt32:
    var x = a
    var y = b
    while y != 0:
        x, y = y, x % y
    return x


def crc(data: List[UInt8]) -> UInt32:
    var value: UInt32 = 0xFFFFFFFF
    for byte in data:
        value ^= UInt32(byte)
        for _ in range(8):
            if value & 1 == 1:
                value = (value >> 1) ^ 0xEDB88320
            else:
                value >>= 1
    return ~value


def main():
    print(popcount(0xFFFF0000FFFF0000), popcount(0), gcd(1071, 462))
    var data: List[UInt8] = [49, 50, 51, 52, 53, 54, 55, 56, 57]
    print(crc(data))
    var a: UInt8 = 200
    var b: UInt8 = 100
    print(a + b, a - b, b - a, a * b, a // b, a % b, a > b)
    var c: Int16 = -32768
    print(-c, c - 1, c // -1, c // 3, c % 7, abs(c))
    print(UInt64(5) // UInt64(2), UInt64(0) - 1 > UInt64(5))
