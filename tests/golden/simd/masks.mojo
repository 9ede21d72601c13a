def count_below(values: List[Float32], limit: Float32) -> Int:
    """Four at a time."""
    var counts = SIMD[DType.int32, 4](0)
    for i in range(0, len(values), 4):
        var v = SIMD[DType.float32, 4](values[i], values[i + 1], values[i + 2], values[i + 3])
        counts += v.lt(limit).select(SIMD[DType.int32, 4](1), SIMD[DType.int32, 4](0))
    return Int(counts.reduce_add())


def mandelbrot(cx: SIMD[DType.float64, 4], cy: SIMD[DType.float64, 4]) -> SIMD[DType.int32, 4]:
    var x = SIMD[DType.float64, 4](0)
    var y = SIMD[DType.float64, 4](0)
    var counts = SIMD[DType.int32, 4](0)
    for _ in range(50):
        var inside = (x * x + y * y).le(4)
        if not inside.reduce_or():
            break
        counts = inside.select(counts + 1, counts)
        var next_x = x * x - y * y + cx
        y = 2 * x * y + cy
        x = next_x
    return counts


def main():
    var values = List[Float32](length=16, fill=0)
    for i in range(16):
        values[i] = Float32(i * 7 % 16)
    print(count_below(values, 8), count_below(values, 3))
    for row in range(5):
        print(mandelbrot(SIMD[DType.float64, 4](-2, -1, 0, 0.3), SIMD[DType.float64, 4](Float64(row) * 0.25)))
