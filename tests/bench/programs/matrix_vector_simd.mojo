"""Dot products with vectors of four 32-bit floats."""


def main():
    var n = 2048
    var lanes = n // 4
    var matrix = List[SIMD[DType.float32, 4]](length=n * lanes, fill=SIMD[DType.float32, 4](0))
    for i in range(n * lanes):
        matrix[i] = SIMD[DType.float32, 4](Float32(i % 7), Float32(i % 5), Float32(i % 3), 1)
    var v = List[SIMD[DType.float32, 4]](length=lanes, fill=SIMD[DType.float32, 4](1))
    var check = 0.0
    for _ in range(120):
        for i in range(n):
            var total = SIMD[DType.float32, 4](0)
            for j in range(lanes):
                total += matrix[i * lanes + j] * v[j]
            check += Float64(total.reduce_add())
    print(Int(check))
