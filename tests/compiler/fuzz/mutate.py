"""Programs made from programs: bytes, tokens, lines and blocks are moved, doubled, lost and exchanged."""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]

_TOKEN = re.compile(
    r"\"\"\".*?\"\"\"|\"[^\"\n]*\"|'[^'\n]*'|[^\W\d]\w*|\d[\w.]*|[ \t]+|\n|[^\w\s]", re.DOTALL
)
_HERE = Path(__file__).parent
_WORDS = (_HERE / "words.txt").read_text().split()
_MARKS = (_HERE / "marks.txt").read_text().split()
_LITERALS = (
    "0", "1", "-1", "64", "255", "9223372036854775807", "9223372036854775808", "18446744073709551616",
    "1" + "0" * 60, "1 << 70", "1 << 10000000000", "2 ** 100000", "0x" + "f" * 40, "0.1", "1e308", "1e999999999",
    "1e-999999999", ".5", "0b102", "1_000", "1__0", "09", "0xg", '""', '"a"', '"a" * 1000000000000', "'\\x41'",
    "'\\xff'", "'\\ud800'", "'\\U0010ffff'", "'\\U00110000'", "'\\q'", '"é💥"', "r'\\n'", "True", "None", "()", "(1,)",
    "[]", "{}", "[1, 'a', None]", "{1: 2}", "{1, 2}", "[i for i in range(3)]", "lambda (x: Int) -> Int: x", "...",
    "Int", "List", "List[Int]", "DType.float64", "SIMD[DType.int32, 3](1)", "x if x else y", "t'{x}'", "t'{'",
    "self", "Self", "main", "main()", "print", "range", "__type_of(x)", "1 // 0", "1 % 0", "1.0 / 0.0", "-(1 << 63)",
    "9" * 5000, "Int(1e300)", "Float64('nan')", "List[List[List[Int]]]()", "Optional[Int](None)", "x^", "^x",
)  # fmt: skip
_ODD = (
    "\x00",
    "\x01",
    "\x0b",
    "\x0c",
    "\x85",
    "\u2028",
    "\u200b",
    "\ufeff",
    "\ufffd",
    "\t",
    "\r",
    "\r\n",
    "é",
    "💥",
    "\u0661",
    "²",
    "\U000e0001",
)


def corpus() -> list[str]:
    """Read all golden programs, examples and prelude files; in an order that does not depend on the machine."""
    folders = (ROOT / "tests" / "golden", ROOT / "examples", ROOT / "compiler" / "prelude")
    files = sorted(path for folder in folders for path in folder.rglob("*.mojo"))
    return [path.read_text(encoding="utf-8") for path in files]


def definitions(programs: Sequence[str]) -> list[str]:
    """Cut programs into their definitions at the left margin."""
    found: dict[str, None] = {}
    for program in programs:
        for part in re.split(r"\n(?=[@\w])", program):
            if len(part) < _DEFINITION_CHARACTERS_MAX:
                found[part.rstrip() + "\n"] = None
    return list(found)


_DEFINITION_CHARACTERS_MAX = 1_500
_SMALL_CHARACTERS = 800


class Mutator:
    """Makes programs from a corpus; the chance is the caller's."""

    def __init__(self, programs: Sequence[str]) -> None:
        self._programs = list(programs)
        self._small = [program for program in programs if len(program) < _SMALL_CHARACTERS]
        self._definitions = definitions(programs)

    def program(self, chance: random.Random) -> str:
        """Give one program: mostly a small one with few changes, so that it reaches the checker."""
        pick = chance.random()
        if pick < 0.02:
            text = chance.choice(self._programs)
        elif pick < 0.35:
            text = chance.choice(self._small)
        else:
            parts = chance.sample(self._definitions, chance.choice((1, 1, 2, 3)))
            text = "\n\n".join(parts)
            if "def main" not in text:
                text += "\n\ndef main():\n    pass\n"
        for _ in range(chance.choice((1, 1, 1, 1, 1, 2, 2, 3, 6))):
            text = chance.choice(_CHANGES)(text, chance, self)
        return text

    def other(self, chance: random.Random) -> str:
        """Give another program's text, to take something from."""
        return chance.choice(self._small)


_Change = Callable[[str, random.Random, Mutator], str]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text) or [""]


def _meaningful(tokens: Sequence[str], chance: random.Random) -> int:
    """Pick the index of a token that is no white space, if one is found soon."""
    index = chance.randrange(len(tokens))
    for _ in range(8):
        if tokens[index].strip():
            break
        index = chance.randrange(len(tokens))
    return index


def _delete_token(text: str, chance: random.Random, _: Mutator) -> str:
    tokens = _tokens(text)
    start = _meaningful(tokens, chance)
    del tokens[start : start + chance.choice((1, 1, 1, 2, 3, 6))]
    return "".join(tokens)


def _double_token(text: str, chance: random.Random, _: Mutator) -> str:
    tokens = _tokens(text)
    start = _meaningful(tokens, chance)
    stop = start + chance.choice((1, 1, 2, 4))
    tokens[start:start] = tokens[start:stop] * chance.choice((1, 1, 1, 3, 40))
    return "".join(tokens)


def _swap_tokens(text: str, chance: random.Random, _: Mutator) -> str:
    tokens = _tokens(text)
    one, two = _meaningful(tokens, chance), _meaningful(tokens, chance)
    tokens[one], tokens[two] = tokens[two], tokens[one]
    return "".join(tokens)


def _insert(text: str, chance: random.Random, _: Mutator) -> str:
    tokens = _tokens(text)
    tokens.insert(_meaningful(tokens, chance), " " + chance.choice(_WORDS + _MARKS) + " ")
    return "".join(tokens)


def _replace_by_word(text: str, chance: random.Random, _: Mutator) -> str:
    tokens = _tokens(text)
    tokens[_meaningful(tokens, chance)] = chance.choice(_WORDS + _MARKS)
    return "".join(tokens)


def _replace_name(text: str, chance: random.Random, mutator: Mutator) -> str:
    """Replace one name by another of the program, of another program, or of the language."""
    tokens = _tokens(text)
    names = [index for index, token in enumerate(tokens) if token.isidentifier()]
    if not names:
        return text
    index = chance.choice(names)
    pool = [tokens[chance.choice(names)], chance.choice(_WORDS)]
    pool += [token for token in _tokens(mutator.other(chance)) if token.isidentifier()][:20]
    tokens[index] = chance.choice(pool)
    return "".join(tokens)


def _rename_all(text: str, chance: random.Random, _: Mutator) -> str:
    """Give one name everywhere the spelling of another."""
    names = list(dict.fromkeys(token for token in _tokens(text) if token.isidentifier()))
    if not names:
        return text
    old, new = chance.choice(names), chance.choice([*names, *_WORDS[-20:]])
    return "".join(new if token == old else token for token in _tokens(text))


def _replace_literal(text: str, chance: random.Random, _: Mutator) -> str:
    tokens = _tokens(text)
    literals = [i for i, token in enumerate(tokens) if token[0:1].isdigit() or token[0:1] in "\"'"]
    index = chance.choice(literals) if literals else _meaningful(tokens, chance)
    tokens[index] = chance.choice(_LITERALS)
    return "".join(tokens)


def _replace_expression(text: str, chance: random.Random, mutator: Mutator) -> str:
    """Replace what stands in one pair of brackets by what stands in another."""
    pairs = list(re.finditer(r"\(([^()\n]*)\)|\[([^\[\]\n]*)\]", text))
    others = list(re.finditer(r"\(([^()\n]*)\)|\[([^\[\]\n]*)\]", mutator.other(chance))) + pairs
    if not pairs:
        return text
    target, source = chance.choice(pairs), chance.choice(others)
    return text[: target.start() + 1] + source[0][1:-1] + text[target.end() - 1 :]


def _move_lines(text: str, chance: random.Random, _: Mutator) -> str:
    lines = text.split("\n")
    start = chance.randrange(len(lines))
    taken = lines[start : start + chance.choice((1, 1, 2, 5))]
    if chance.random() < 0.5:
        del lines[start : start + len(taken)]
    target = chance.randrange(len(lines) + 1)
    lines[target:target] = taken
    return "\n".join(lines)


def _take_lines(text: str, chance: random.Random, mutator: Mutator) -> str:
    lines, others = text.split("\n"), mutator.other(chance).split("\n")
    start, target = chance.randrange(len(others)), chance.randrange(len(lines) + 1)
    lines[target:target] = others[start : start + chance.choice((1, 1, 2, 4))]
    return "\n".join(lines)


def _indent_lines(text: str, chance: random.Random, _: Mutator) -> str:
    lines = text.split("\n")
    start = chance.randrange(len(lines))
    for index in range(start, min(start + chance.choice((1, 1, 3)), len(lines))):
        if chance.random() < 0.5:
            lines[index] = chance.choice(("    ", "  ", "\t", " ")) + lines[index]
        else:
            lines[index] = lines[index][chance.choice((1, 4, 8)) :]
    return "\n".join(lines)


def _splice(text: str, chance: random.Random, mutator: Mutator) -> str:
    other = mutator.other(chance)
    if chance.random() < 0.5:
        one, two = text.split("\n"), other.split("\n")
        return "\n".join(one[: chance.randrange(len(one) + 1)] + two[chance.randrange(len(two)) :])
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other)) :]


def _flip_bytes(text: str, chance: random.Random, _: Mutator) -> str:
    data = bytearray(text.encode("utf-8", "surrogatepass")) or bytearray(b"\n")
    for _round in range(chance.choice((1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data.decode("utf-8", "replace")


def _random_characters(text: str, chance: random.Random, _: Mutator) -> str:
    place = chance.randrange(len(text) + 1)
    if chance.random() < 0.5:
        return text[:place] + chance.choice(_ODD) + text[place:]
    noise = chance.randbytes(chance.choice((1, 3, 20))).decode("utf-8", "replace")
    return text[:place] + noise + text[place:]


def _truncate(text: str, chance: random.Random, _: Mutator) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _nest(text: str, chance: random.Random, _: Mutator) -> str:
    """Wrap one token many times."""
    tokens = _tokens(text)
    index = _meaningful(tokens, chance)
    before, after = chance.choice(
        (("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("List[", "]"), ("Int(", ")"), ("{", "}"), ("f(", ")"),
         ("~", ""), ("1 + ", ""), ("", ".x"), ("", "()"), ("", "[0]"), ("", "^"), ("x if x else ", ""), ("1 < ", ""),
         ("1 ** ", ""), ("lambda (): ", ""), ("t'{", "}'"), ("*", ""), ("@", "\n"))
    )  # fmt: skip
    count = chance.choice((1, 3, 20, 60, 85, 400))
    tokens[index] = before * count + tokens[index] + after * count
    return "".join(tokens)


_SHARES: tuple[tuple[_Change, int], ...] = (
    (_delete_token, 2), (_double_token, 1), (_swap_tokens, 2), (_insert, 2), (_replace_by_word, 1), (_replace_name, 8),
    (_rename_all, 4), (_replace_literal, 5), (_replace_expression, 6), (_move_lines, 2), (_take_lines, 2),
    (_indent_lines, 1), (_splice, 1), (_flip_bytes, 1), (_random_characters, 1), (_truncate, 1), (_nest, 1),
)  # fmt: skip
"""How often each is taken; above all those that leave a program which can be parsed."""
_CHANGES = tuple(change for change, share in _SHARES for _ in range(share))
