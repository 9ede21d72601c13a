from std.time import perf_counter, perf_counter_ns


def main():
    var start = perf_counter_ns()
    var sum = 0
    for i in range(1000):
        sum += i
    print(sum, perf_counter_ns() >= start, perf_counter() > 0.0)
