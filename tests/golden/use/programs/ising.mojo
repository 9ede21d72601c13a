"""Ising model, as a student would write it."""
from std.random import seed, random_float64, random_si64
from std.math import exp, sqrt
from std.collections import Dict, List

@fieldwise_init
struct Stats(Copyable, Movable, Writable):
    var mean: Float64
    var std: Float64
    var n: Int

    def write_to(self, mut writer: Some[Writer]):
        writer.write(self.mean, " ± ", self.std, " (n=", self.n, ")")

def energy(grid: List[List[Int]], n: Int) -> Int:
    var e = 0
    for i in range(n):
        for j in range(n):
            var s = grid[i][j]
            e -= s * (grid[(i + 1) % n][j] + grid[i][(j + 1) % n])
    return e

def run(n: Int, temperature: Float64, sweeps: Int) raises -> Stats:
    if n <= 0:
        raise Error(String("bad n: ", n))
    var grid: List[List[Int]] = [[1 for _ in range(n)] for _ in range(n)]
    var energies = List[Float64]()
    for sweep in range(sweeps):
        for _ in range(n * n):
            var i = Int(random_si64(0, Int64(n - 1)))
            var j = Int(random_si64(0, Int64(n - 1)))
            var s = grid[i][j]
            var nb = grid[(i + 1) % n][j] + grid[(i - 1) % n][j] + grid[i][(j + 1) % n] + grid[i][(j - 1) % n]
            var d = 2 * s * nb
            if d <= 0 or random_float64() < exp(-Float64(d) / temperature):
                grid[i][j] = -s
        energies.append(Float64(energy(grid, n)))
    var total = 0.0
    for e in energies:
        total += e
    var mean = total / Float64(len(energies))
    var v = 0.0
    for e in energies:
        v += (e - mean) ** 2
    return Stats(mean, sqrt(v / Float64(len(energies))), len(energies))

def main() raises:
    seed(42)
    var results: Dict[String, Stats] = {}
    for t in [1.5, 2.269, 3.5]:
        results[String(t)] = run(16, t, 40)
    for item in results.items():
        print(t"{item.key}: {item.value}")
    try:
        print(run(0, 1.0, 1))
    except e:
        print("caught:", e)
    var words = "the quick brown fox jumps over the lazy dog the end".split(" ")
    var counts: Dict[String, Int] = {}
    for w in words:
        counts[String(w)] = counts.get(String(w), 0) + 1
    for ref e in counts.items():
        if e.value > 1:
            print(e.key, e.value)
