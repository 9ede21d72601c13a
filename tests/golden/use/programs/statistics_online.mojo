"""Statistics in one pass (Welford), a histogram of bars, and a linear fit."""
from std.math import sqrt


struct Running(Writable):
    var n: Int
    var mean: Float64
    var squares: Float64
    var low: Float64
    var high: Float64

    def __init__(out self):
        self.n = 0
        self.mean = 0
        self.squares = 0
        self.low = Float64.MAX
        self.high = Float64.MIN

    def add(mut self, x: Float64):
        self.n += 1
        var delta = x - self.mean
        self.mean += delta / Float64(self.n)
        self.squares += delta * (x - self.mean)
        self.low = min(self.low, x)
        self.high = max(self.high, x)

    def deviation(self) -> Float64:
        return sqrt(self.squares / Float64(self.n - 1)) if self.n > 1 else 0.0

    def write_to(self, mut writer: Some[Writer]):
        writer.write(self.n, " values in ", self.low, "..", self.high, ", mean ", self.mean, ", deviation ", self.deviation())


def fit(xs: List[Float64], ys: List[Float64]) -> Tuple[Float64, Float64]:
    var n = Float64(len(xs))
    var sx = 0.0
    var sy = 0.0
    var sxx = 0.0
    var sxy = 0.0
    for x, y in zip(xs, ys):
        sx += x
        sy += y
        sxx += x * x
        sxy += x * y
    var slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return slope, (sy - slope * sx) / n


def main():
    var state = UInt32(12345)
    var running = Running()
    var bins = List[Int](length=8, fill=0)
    var xs: List[Float64] = []
    var ys: List[Float64] = []
    for i in range(500):
        var x = 0.0
        for _ in range(4):
            state = state * 1664525 + 1013904223
            x += Float64(Int(state >> 8)) / 16777216.0
        running.add(x)
        bins[Int(x * 2)] += 1
        xs.append(Float64(i))
        ys.append(3 * Float64(i) + x)
    print(running)
    for i, count in enumerate(bins):
        print(Float64(i) / 2, "|", "*" * (count // 5), " ", count, sep="")
    var line = fit(xs, ys)
    print(line[0], line[1])
