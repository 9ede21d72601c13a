def f(x: Float64) -> Float64:
    return x * x * x - x - 2.0


def main():
    var low = 1.0
    var high = 2.0
    while high - low > 1e-12:
        var mid = (low + high) / 2.0
        if f(mid) < 0:
            low = mid
        else:
            high = mid
    print(Int(low * 1e9))
