# Mandelbrot: peers compute rows, home draws


def escape(cr: Float64, ci: Float64, limit: Int) -> Int:
    var zr = 0.0
    var zi = 0.0
    for n in range(limit):
        var r2 = zr * zr
        var i2 = zi * zi
        if r2 + i2 > 4.0:
            return n
        zi = 2.0 * zr * zi + ci
        zr = r2 - i2 + cr
    return limit


def shade(n: Int, limit: Int) -> String:
    if n == limit:
        return "@"
    if n > 40:
        return "%"
    if n > 20:
        return "#"
    if n > 12:
        return "*"
    if n > 8:
        return "+"
    if n > 6:
        return "="
    if n > 4:
        return "-"
    if n > 3:
        return ":"
    if n > 2:
        return "."
    return " "


def main():
    comptime WIDTH = 96
    comptime HEIGHT = 48
    comptime LIMIT = 1000000
    for y in range(HEIGHT):
        var ci = -1.2 + 2.4 * (Float64(y) + 0.5) / Float64(HEIGHT)
        var row = String("")
        for x in range(WIDTH):
            var cr = -2.2 + 3.0 * Float64(x) / Float64(WIDTH)
            row += shade(escape(cr, ci, LIMIT), LIMIT)
        print(row)
