def show(x: Float32):
    print(x, -x)


def main():
    show(0.1)
    show(1.0 / 3.0)
    show(1e10)
    show(1e15)
    show(1e16)
    show(1e-4)
    show(1e-5)
    show(16777216.0)
    show(16777217.0)
    show(123456789.0)
    show(3.4028235e38)
    var x = Float32(1)
    for _ in range(60):
        x = x * Float32(1.37)
        print(x, Float32(1) / x)
    var state: UInt32 = 2463534242
    for _ in range(300):
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        print(Float32(state) / Float32(1000), Float32(state >> 8) * Float32(1e-9))
