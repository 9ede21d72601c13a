def square_sum(n: Int) -> Int:
    var t = 0
    for i in range(n):
        t += i * i
    return t


def halves(x: Float64, times: Int) -> Float64:
    var y = x
    for _ in range(times):
        y /= 2
    return y


def is_even(n: Int) -> Bool:
    return n % 2 == 0


def wraps(n: UInt8) -> UInt8:
    return n * 2 + 100


comptime S = square_sum(10)
comptime H = halves(3.0, 5)
comptime E = is_even(S)
comptime W = wraps(200)
comptime M = max(S, 1000) // 7 + abs(-3)


def main():
    print(S, H, E, W, M)
    comptime local = square_sum(5) + S
    print(local)
    comptime if is_even(local):
        print("even")
    else:
        print("odd")
    comptime third: Float32 = 1
    comptime part = third / 3
    print(part)
    comptime neg = -square_sum(3)
    print(neg, neg // 2, neg % 4)
