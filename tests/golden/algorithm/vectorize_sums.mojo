from std.algorithm import vectorize


def main():
    var xs = List[Float64]()
    for i in range(19):
        xs.append(Float64(i) * 0.5)
    var ys = List[Float64](length=19, fill=0.0)

    def scale[width: Int](i: Int) {imm xs, mut ys}:
        comptime if width == 1:
            ys[i] = xs[i] * 3.0
        else:
            for lane in range(width):
                ys[i + lane] = xs[i + lane] * 3.0

    vectorize[4](len(xs), scale)
    print(ys)
    var total = 0.0
    var calls = 0

    def add[width: Int](i: Int) {imm ys, mut total, mut calls}:
        calls += 1
        for lane in range(width):
            total += ys[i + lane]

    vectorize[2](len(ys), add)
    print(total, calls)
    vectorize[8, unroll_factor=2](len(ys), add)
    print(total, calls)
