def main():
    var top = 9223372036854775807
    print(top + 1, top * 2, -(-top - 1))
    var small: UInt8 = 250
    small += 10
    print(small)
    var signed: Int8 = 127
    signed += 1
    print(signed, signed - 1)
    var word: UInt32 = 4000000000
    print(word * 3, word + word, UInt32(0) - 1)
    var short: Int16 = 300
    print(short * short)
    var long: UInt64 = 0
    print(long - 1)
    var middle: Int32 = 2147483647
    middle += 1
    print(middle, ~middle, -middle)
