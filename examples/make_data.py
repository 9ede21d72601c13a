# ruff: noqa: INP001 - a script beside the programs, not a package
"""Write the synthetic protein database into smith_waterman.mojo: `python examples/make_data.py`.

A family of relatives of one query, diverged to different degrees, among unrelated sequences with the amino acid
composition of Swiss-Prot. The same script writes the same data everywhere.
"""

import random
from pathlib import Path

PROGRAM = Path(__file__).parent / "smith_waterman.mojo"
SEQUENCES = 480
LINE = 80

# Percent, Swiss-Prot release statistics.
COMPOSITION = {
    "A": 8.25, "R": 5.53, "N": 4.06, "D": 5.46, "C": 1.38, "Q": 3.93, "E": 6.72, "G": 7.07, "H": 2.27, "I": 5.91,
    "L": 9.65, "K": 5.80, "M": 2.41, "F": 3.86, "P": 4.74, "S": 6.65, "T": 5.36, "W": 1.10, "Y": 2.92, "V": 6.86,
}  # fmt: skip


def random_protein(source: random.Random, length: int) -> str:
    """Give a sequence of the usual composition."""
    return "".join(source.choices(list(COMPOSITION), list(COMPOSITION.values()), k=length))


def relative(source: random.Random, protein: str, divergence: float) -> str:
    """Give a copy with substitutions and a few insertions and deletions."""
    residues = []
    for residue in protein:
        fate = source.random()
        if fate < divergence * 0.04:
            continue
        if fate < divergence * 0.08:
            residues.append(random_protein(source, source.randint(1, 5)))
        residues.append(random_protein(source, 1) if source.random() < divergence else residue)
    return "".join(residues)


def database(source: random.Random) -> list[tuple[str, str]]:
    """Give names and sequences, the query first."""
    query = random_protein(source, 310)
    entries = [("QUERY", query)]
    for number in range(1, SEQUENCES):
        if number % 60 == 7:  # noqa: PLR2004 - one relative in sixty
            divergence = 0.3 + 0.075 * (number // 60)
            entries.append((f"REL{number:04d}", relative(source, query, divergence)))
        else:
            length = max(60, round(source.lognormvariate(5.6, 0.45)))
            entries.append((f"SYN{number:04d}", random_protein(source, min(length, 900))))
    return entries


def main() -> None:
    """Replace the data between the program's last triple quotes."""
    lines = []
    for name, sequence in database(random.Random(20261123)):  # noqa: S311 - data, not secrets
        lines.append(f">{name}")
        lines += [sequence[i : i + LINE] for i in range(0, len(sequence), LINE)]
    code = PROGRAM.read_text(encoding="utf-8").rsplit('return """', 1)[0]
    PROGRAM.write_text(f'{code}return """' + "\n".join(lines) + '"""\n', encoding="utf-8")


if __name__ == "__main__":
    main()
