"""Memory of a function's own."""

from std.memory import stack_allocation


def main():
    var p = stack_allocation[8, Int]()
    for i in range(8):
        p[unsafe_offset=i] = i * i
    var total = 0
    for i in range(8):
        total += p[unsafe_offset=i]
    print(total)
