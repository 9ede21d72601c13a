"""Programs that the end-to-end tests run: long enough to be interrupted, with output that can be checked."""

from pathlib import Path

LONG = """
def steps(start: Int) -> Int:
    var n = start
    var count = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        count += 1
    return count


def main():
    print("begin")
    var total = 0
    for n in range(1, LIMIT):
        var s = steps(n)
        total = (total * 31 + s) % 1000000007
        if n % 500000 == 0:
            print("at", n, total)
    print("end", total)
"""


def write_long_program(folder: Path, limit: int) -> Path:
    """Write a program whose loop takes about 3 s for each 10 million steps of `limit`, and prints in between."""
    path = folder / "long.mojo"
    path.write_text(LONG.replace("LIMIT", str(limit)))
    return path


def long_output(limit: int) -> bytes:
    """Return what the long program prints, computed here."""
    lines, total = ["begin"], 0
    known: dict[int, int] = {1: 0}

    def steps(start: int) -> int:
        n, path = start, []
        while n not in known:
            path.append(n)
            n = n // 2 if n % 2 == 0 else 3 * n + 1
        count = known[n]
        for passed in reversed(path):
            count += 1
            if passed < limit:
                known[passed] = count
        return count

    for n in range(1, limit):
        total = (total * 31 + steps(n)) % 1_000_000_007
        if n % 500_000 == 0:
            lines.append(f"at {n} {total}")
    lines.append(f"end {total}")
    return ("\n".join(lines) + "\n").encode()
