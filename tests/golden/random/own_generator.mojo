"""std.random: seeds, ranges, shuffles, generators."""

from std.random import seed, random_float64, random_si64, random_ui64, randn_float64, shuffle, randint, rand, randn
from std.random import Random


def main():
    seed(7)
    print(random_ui64(0, 100), random_si64(-5, 5), random_float64(), random_float64(2, 3))
    print(randn_float64(), randn_float64(10, 2))
    var xs: List[Int] = [1, 2, 3, 4, 5, 6]
    shuffle(xs)
    print(xs)
    seed(7)
    print(random_ui64(0, 100))
    var r = Random(seed=42)
    print(r.step())
    print(r.step_uniform())
