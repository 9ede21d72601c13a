"""Queens on a board, by recursion over bit masks."""


def place(full: Int, columns: Int, left: Int, right: Int) -> Int:
    if columns == full:
        return 1
    var found = 0
    var free = full & ~(columns | left | right)
    while free != 0:
        var bit = free & -free
        free ^= bit
        found += place(full, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return found


def main():
    print(place((1 << 14) - 1, 0, 0, 0))
