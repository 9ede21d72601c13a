"""JavaScript identifiers for the names of a program: kept as they are where JavaScript allows it."""

import re
from collections.abc import Iterable
from typing import Final

RESERVED: Final = frozenset(
    [
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "NaN",
        "Infinity",
        "Math",
        "Number",
        "BigInt",
        "Array",
        "Object",
        "Error",
        "RangeError",
        "DataView",
        "Uint8Array",
        "ArrayBuffer",
        "TextEncoder",
        "performance",
        "process",
        "require",
        "module",
        "globalThis",
        "frame",
    ]
)
"""What no function or variable of a program may be called."""

_WORD: Final = re.compile(r"[^A-Za-z0-9_$]+")


def identifier(name: str) -> str:
    """Make a name an identifier; different names may give the same one."""
    text = _WORD.sub("_", _without_end(name)) or "_"
    if text[0].isdigit():
        text = "_" + text
    return text + "_" if text in RESERVED else text


def _without_end(name: str) -> str:
    """Take off closing brackets, which would leave a needless underscore."""
    return re.sub(r"[^A-Za-z0-9_$]+$", "", name)


class Names:
    """Names that are taken where one may stand; inner scopes give theirs back."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, wanted: str) -> str:
        """Give a free name like the one wanted."""
        base = identifier(wanted)
        name, number = base, 2
        while name in self._taken:
            name = f"{base}_{number}"
            number += 1
        self._taken.add(name)
        return name

    def give_back(self, names: Iterable[str]) -> None:
        """Free names whose scope has ended."""
        self._taken.difference_update(names)

    @property
    def taken(self) -> frozenset[str]:
        """All names in use."""
        return frozenset(self._taken)
