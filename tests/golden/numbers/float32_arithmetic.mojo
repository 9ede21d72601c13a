def main():
    var a: Float32 = 16777216.0
    print(a + 1.0, a + 2.0)
    var b: Float32 = 0.1
    print(b + 0.2, b * 3.0, b / 3.0, b - 1.0, -b)
    print(Float32(7.5) % Float32(2), Float32(-7.5) // Float32(2))
    print(b < 0.2, b == 0.1, Float64(b))
    var total: Float32 = 0.0
    for i in range(1000):
        total += Float32(i) * 0.001
    print(total)
