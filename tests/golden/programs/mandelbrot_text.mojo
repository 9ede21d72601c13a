def escape(cx: Float64, cy: Float64, limit: Int) -> Int:
    var x = 0.0
    var y = 0.0
    for i in range(limit):
        var x2 = x * x
        var y2 = y * y
        if x2 + y2 > 4.0:
            return i
        y = 2.0 * x * y + cy
        x = x2 - y2 + cx
    return limit


def main():
    for row in range(16):
        var line = String()
        for column in range(48):
            var n = escape(Float64(column) / 16.0 - 2.2, Float64(row) / 8.0 - 1.0, 60)
            line += "#" if n == 60 else ("+" if n > 5 else ".")
        print(line)
