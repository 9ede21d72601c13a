# Heat in a rod: why its steps stay at home


def main():
    comptime CELLS = 2000
    comptime STEPS = 2000
    var rod = List[Float64]()
    for i in range(CELLS):
        rod.append(100.0 if i < CELLS // 2 else 0.0)
    for _ in range(STEPS):
        var next = rod.copy()
        for i in range(1, CELLS - 1):
            next[i] = rod[i] + 0.25 * (rod[i - 1] - 2.0 * rod[i] + rod[i + 1])
        rod = next.copy()
    for i in range(0, CELLS, 250):
        print("cell", i, rod[i])
