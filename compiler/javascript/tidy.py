"""Makes a function's text shorter: variables are declared where they get their first value, idle ones not at all."""

import re
from typing import Final

_DECLARATION: Final = re.compile(r"( *)let (\S+) = (?:0n?|false|splat\([^()]*\));")
WORD: Final = re.compile(r"[\w$]+")
"""A name in JavaScript, or a number or keyword."""


def tidied(lines: list[str]) -> list[str]:
    """Join each `let x = 0;` with the first assignment to `x` in the same block, if nothing uses `x` before."""
    words = [set(WORD.findall(line)) for line in lines]
    kept: list[str | None] = list(lines)
    for index, line in enumerate(lines):
        found = _DECLARATION.fullmatch(line)
        if found is None:
            continue
        indent, name = found.groups()
        use = _first_use(lines, words, index + 1, indent, name)
        if use is None:
            kept[index] = None
            continue
        assignment = f"{indent}{name} = "
        if lines[use].startswith(assignment):
            value = lines[use].removeprefix(assignment)
            if name not in WORD.findall(value):
                kept[index] = None
                kept[use] = f"{indent}let {name} = {value}"
    return [line for line in kept if line is not None]


def _first_use(
    lines: list[str], words: list[set[str]], start: int, indent: str, name: str
) -> int | None:
    """Find the first line that names a variable before its block ends."""
    for index in range(start, len(lines)):
        if not lines[index].startswith(indent):
            return None
        if name in words[index]:
            return index
    return None
