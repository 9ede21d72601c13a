# Pseudo-random doubles of many sizes.
def main():
    var state: UInt64 = 88172645463325252
    for i in range(1500):
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        var x = Float64(state >> 11) / 9007199254740992.0
        for _ in range(i % 40):
            x *= 8.0
        for _ in range(i % 23):
            x /= 1024.0
        print(x, Float64(state >> 40) / 1000.0, Float64(state >> 50) / 64.0)
