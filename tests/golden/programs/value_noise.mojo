# Fixed tables, wrapping arithmetic and float output in columns.
def hash32(x: UInt32) -> UInt32:
    var h = x
    h ^= h >> 16
    h *= 0x7FEB352D
    h ^= h >> 15
    h *= 0x846CA68B
    h ^= h >> 16
    return h


def noise(x: Int, y: Int) -> Float64:
    return Float64(hash32(UInt32(x * 374761393 + y * 668265263))) / 4294967296.0


def smooth(x: Float64, y: Float64) -> Float64:
    var ix = Int(x)
    var iy = Int(y)
    var fx = x - Float64(ix)
    var fy = y - Float64(iy)
    var top = noise(ix, iy) * (1.0 - fx) + noise(ix + 1, iy) * fx
    var bottom = noise(ix, iy + 1) * (1.0 - fx) + noise(ix + 1, iy + 1) * fx
    return top * (1.0 - fy) + bottom * fy


def main():
    for row in range(6):
        for column in range(5):
            print(smooth(Float64(column) * 0.7, Float64(row) * 0.45), end="\t")
        print()
