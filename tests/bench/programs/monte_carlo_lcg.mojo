"""Points in a quarter circle from a linear congruential generator."""


def main():
    var state = UInt64(2026)
    var inside = 0
    for _ in range(60_000_000):
        state = state * 6364136223846793005 + 1442695040888963407
        var x = Float64(Int(state >> 40)) / 16777216.0
        state = state * 6364136223846793005 + 1442695040888963407
        var y = Float64(Int(state >> 40)) / 16777216.0
        if x * x + y * y < 1.0:
            inside += 1
    print(inside)
