"""A program that shows a fault, made small: what can be left out with the same fault is left out."""

import re
from collections.abc import Callable

_TRIALS_MAX = 400


def minimise(text: str, shows: Callable[[str], bool]) -> str:
    """Leave out definitions, lines, then tokens while `shows` holds; bounded in trials, so not always the least."""
    trials = 0

    def still(candidate: str) -> bool:
        nonlocal trials
        trials += 1
        return trials <= _TRIALS_MAX and shows(candidate)

    for pattern in (r"(?=\n[@\w])", r"(?<=\n)", r"(\w+|[^\w])"):
        parts = [part for part in re.split(pattern, text) if part]
        size = max(len(parts) // 2, 1)
        while trials <= _TRIALS_MAX:
            start = 0
            while start < len(parts):
                rest = parts[:start] + parts[start + size :]
                if len(rest) < len(parts) and still("".join(rest)):
                    parts = rest
                else:
                    start += size
            if size == 1:
                break
            size //= 2
        text = "".join(parts)
    return text
