# Pi: a thousand million darts


def hits(seed: Int, throws: Int) -> Int:
    var state = UInt64(seed) * 6364136223846793005 + 1442695040888963407
    var inside = 0
    for _ in range(throws):
        state = state * 6364136223846793005 + 1442695040888963407
        var x = Float64(state >> 33) / 2147483648.0
        state = state * 6364136223846793005 + 1442695040888963407
        var y = Float64(state >> 33) / 2147483648.0
        if x * x + y * y < 1.0:
            inside += 1
    return inside


def main():
    comptime ROUNDS = 1000
    comptime THROWS = 1000000
    var inside = 0
    for i in range(ROUNDS):
        inside += hits(i, THROWS)
        if (i + 1) % 100 == 0:
            print("after", i + 1, "million:", 4.0 * Float64(inside) / Float64((i + 1) * THROWS))
