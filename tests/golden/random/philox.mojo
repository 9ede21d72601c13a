from std.random import (
    random_float64,
    random_si64,
    random_ui64,
    randn_float64,
    seed,
    shuffle,
)


def main():
    print(random_float64())
    seed(42)
    print(random_float64(), random_float64(), random_ui64(0, 1000), random_si64(-5, 5))
    for _ in range(10):
        print(random_float64(-3.0, 5.5), random_ui64(7, 9), random_si64(-1000000, 1 << 50))
    seed(7)
    var xs: List[Int] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    shuffle(xs)
    print(xs)
    print(random_ui64(0, 0xFFFFFFFFFFFFFFFF), random_ui64(5, 5), random_ui64(9, 3))
    print(random_si64(Int64.MIN, Int64.MAX))
    var inside = 0
    for _ in range(20000):
        var x = random_float64()
        var y = random_float64()
        if x * x + y * y < 1.0:
            inside += 1
    print(inside)
    var total = 0.0
    for _ in range(1000):
        total += randn_float64()
    print(total > -200 and total < 200, randn_float64() == randn_float64())
