"""std.time: clocks that do not go back."""

from std.time import perf_counter, perf_counter_ns, monotonic, sleep, time_function


def main():
    var a = perf_counter_ns()
    var b = monotonic()
    sleep(0.001)
    print(perf_counter_ns() >= a, monotonic() >= b, perf_counter() > 0.0)

    def work():
        pass

    print(time_function(work) >= 0)
