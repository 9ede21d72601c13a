"""std.benchmark: what is kept, and what runs."""

from std.benchmark import keep, black_box, run


def main() raises:
    var total = 0

    def work() {mut total}:
        for i in range(10):
            total += i

    var report = run(work, max_iters=3)
    keep(total)
    print(total > 0, report.iters() >= 1, black_box(5))
