"""Programs derived from the rules of mojo.lark, with names that a program around them defines."""

import random
from collections import defaultdict

from lark import Lark
from lark.grammar import NonTerminal, Rule, Symbol
from lark.lexer import PatternStr
from tests.compiler.fuzz.mutate import ROOT

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.parse.parser import parse_module

_SCAFFOLD = """
from std.math import sqrt, floor
from std.sys import argv
from std.utils import StaticTuple

trait Shape:
    comptime sides: Int
    def area(self) -> Float64: ...

@fieldwise_init
struct P(Copyable, Shape, Writable, Equatable):
    comptime sides = 4
    var x: Int
    var y: Float64
    def area(self) -> Float64: return self.y
    def __add__(self, other: Self) -> Self: return P(self.x + other.x, self.y)
    def __getitem__(self, i: Int) -> Int: return self.x + i
    def move(mut self, dx: Int = 1): self.x += dx
    @staticmethod
    def zero() -> Self: return P(0, 0)
    def write_to(self, mut writer: Some[Writer]): writer.write(self.x)

struct Owner(Movable):
    var items: List[Int]
    def __init__(out self, *items: Int):
        self.items = []
        for item in items: self.items.append(item)
    def __del__(deinit self): print("gone")
    def __len__(self) -> Int: return len(self.items)
    def first(ref self) -> ref [self.items] Int: return self.items[0]

@fieldwise_init
struct G[T: Copyable & Deinitable, n: Int = 2](Copyable):
    var value: Self.T
    def get(self) -> Self.T: return self.value.copy()

comptime N = 4
comptime Pair = Tuple[Int, String]

def f(a: Int, b: Int = 2, *, c: Bool = False) -> Int: return a + b
def g[T: Writable](a: T) -> String: return String(a)
def h(mut a: List[Int], var b: String) raises -> Float64:
    if len(a) == 0: raise Error(b)
    return Float64(a[0])
def k[n: Int](a: SIMD[DType.float64, n]) -> Float64: return a.reduce_add()
"""
_MAIN = """
def main() raises:
    var i = 3
    var y = 2.5
    var b = True
    var s = String("text")
    var xs: List[Int] = [1, 2, 3]
    var d = {"a": 1, "b": 2}
    var p = P(1, 2.0)
    var o = Owner(1, 2)
    var q = G[Int](7)
    var t = (1, "two", 3.0)
    var v = SIMD[DType.float64, 4](1, 2, 3, 4)
    var m: Optional[Int] = 5
"""
_VALUES = [
    "i",
    "y",
    "b",
    "s",
    "xs",
    "d",
    "p",
    "o",
    "q",
    "t",
    "v",
    "m",
    "N",
    "f",
    "g",
    "h",
    "k",
    "self",
    "x",
    "a",
    "T",
    "len",
    "range",
    "print",
    "abs",
    "sqrt",
    "min",
    "max",
    "P",
    "G",
    "Owner",
    "Int",
    "String",
]
_TYPES = (
    "Int", "Float64", "String", "Bool", "UInt8", "P", "Owner", "G[Int]",
    "List[Int]", "List[String]", "Dict[String, Int]",
    "Optional[P]", "Tuple[Int, String]",
    "SIMD[DType.int32, 4]", "Pair", "Self", "T", "G", "List", "StaticTuple[Int, 3]",
    "def(Int) -> Int", "Some[Writable]", "Set[Int]", "Int32", "Error", "type_of(i)",
    "UnsafePointer[Int, MutAnyOrigin]",

    "Float32", "StringLiteral", "Copyable", "DType", "None", "N", "G[P, N]", "G[n=3, T=Int]",
    "InlineArray[Int, 3]",
)  # fmt: skip
_ATTRIBUTES = (
    "x", "y", "value", "items", "append", "pop", "copy", "area", "move", "zero", "get", "first", "sides", "keys",
    "values",
    "split", "upper", "write_to", "reduce_add", "dtype", "size", "cast", "__len__", "__add__", "__init__", "insert",
    "clear", "join", "startswith", "take", "or_else", "float64", "int32", "MAX",
)  # fmt: skip
_PARAMETERS = [
    "a",
    "b",
    "c",
    "n",
    "T",
    "self",
    "x",
    "dx",
    "U",
    "E",
    "other",
    "sep",
    "end",
    "file",
    "key",
]
_TERMINALS = {
    "INTEGER": ("0", "1", "2", "3", "-1", "64", "1 << 70", "255", "9223372036854775807"),
    "FLOAT": ("0.5", "1e10", "2.0", "1e400"),
    "STRING": ('"a"', '"two words"', "''", "'\\n'", '"é"'),
    "CONVENTION": ("mut", "out", "imm", "ref", "deinit", "var"),
    "TRANSFER": ("^",), "TRAILING": (",",), "REFERENCE": ("ref",), "MATCH": ("match",), "CASE": ("case",),
    "WHERE": ("where",), "TEMPLATE_START": ('t"',), "TEMPLATE_END": ('"',), "TEMPLATE_TEXT": ("text ", "{{"),
    "FIELD_START": ("{",), "FIELD_END": ("}",), "EFFECT": ("thin", "capturing", "escaping", "unified"),
    "AUGMENTED": ("+=", "-=", "*=", "//=", "**=", "<<=", "|=", "^=", "/=", "%="), "NEWLINE": ("\n",),
    "INDENT": ("\x0e",), "DEDENT": ("\x0f",),
}  # fmt: skip
_PIECES = 40
"""Terminals of one derivation after which only the shortest rules are taken."""
_TIGHT = frozenset(["TEMPLATE_START", "TEMPLATE_TEXT", "FIELD_START"])
_TYPE_SHARE = 0.75
"""How often what may be any expression, where a type belongs, is one of `_TYPES`."""


class Generator:
    """Derives statements from the grammar, and plants them into a program that defines plausible names."""

    def __init__(self) -> None:
        grammar = (ROOT / "compiler" / "parse" / "mojo.lark").read_text(encoding="utf-8")
        lark = Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=True)
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in lark.rules:
            self._rules[str(rule.origin.name)].append(rule)
        self._fixed = {
            terminal.name: terminal.pattern.value
            for terminal in lark.terminals
            if isinstance(terminal.pattern, PatternStr)
        }
        self._depths = self._least_depths()

    def program(self, chance: random.Random) -> str:
        """Give a program of a few derived statements and definitions, each of which can be parsed."""
        top = [self._parsed(chance, ("function", "struct", "comptime", "decorated"), _TOP)]
        if chance.random() < 0.5:
            top = []
        body = [
            self._parsed(chance, ("_line", "_line", "_line", "_compound", "function"), _BODY)
            for _ in range(chance.randint(1, 6))
        ]
        inner = "".join(f"    {line}\n" if line else "\n" for part in body for line in part)
        outer = "".join(f"{line}\n" for part in top for line in part)
        return f"{_SCAFFOLD}\n{outer}\n{_MAIN}{inner}"

    def _parsed(
        self, chance: random.Random, starts: tuple[str, ...], depths: tuple[int, ...]
    ) -> list[str]:
        """Derive until the parser takes it; what the builders refuse would hide the rest of the program."""
        for _ in range(12):
            lines = self._derive(chance.choice(starts), chance, chance.choice(depths))
            try:
                parse_module("\n".join(lines) + "\n", "derived.mojo")
            except CompileError:
                continue
            except Exception:  # noqa: BLE001 - a crash of the parser is to be found with the whole program
                return lines
            return lines
        return ["pass"]

    def _derive(self, start: str, chance: random.Random, depth: int) -> list[str]:
        pieces: list[tuple[str, str]] = []
        self._expand(NonTerminal(start), chance, depth, pieces, start)
        indent, line, lines = 0, "", []
        before = ""
        for terminal, text in pieces:
            if terminal == "NEWLINE":
                lines.append("    " * indent + line)
                line = ""
            elif terminal == "INDENT":
                indent += 1
            elif terminal == "DEDENT":
                indent -= 1
            else:
                space = "" if not line or before in _TIGHT or text in ".)],^" else " "
                line += space + text
            before = terminal
        return [*lines, "    " * indent + line] if line else lines

    def _expand(
        self,
        symbol: Symbol,
        chance: random.Random,
        depth: int,
        pieces: list[tuple[str, str]],
        within: str,
    ) -> None:
        name = str(symbol.name)
        if symbol.is_term:
            pieces.append((name, self._terminal(name, chance, within, pieces)))
            return
        if name == "test" and _wants_type(within, pieces) and chance.random() < _TYPE_SHARE:
            pieces.append(("NAME", chance.choice(_TYPES)))
            return
        rules = self._rules[name]
        room = depth if len(pieces) < _PIECES else 0
        affordable = [rule for rule in rules if self._cost(rule) <= room]
        rule = chance.choice(affordable) if affordable else min(rules, key=self._cost)
        inner = within if name.startswith("_") else str(rule.alias or name)
        for child in rule.expansion:
            self._expand(child, chance, depth - 1, pieces, inner)

    def _terminal(
        self, name: str, chance: random.Random, within: str, pieces: list[tuple[str, str]]
    ) -> str:
        if name != "NAME":
            return chance.choice(_TERMINALS.get(name, (self._fixed.get(name, name),)))
        if pieces and pieces[-1][0] == "DOT":
            return chance.choice(_ATTRIBUTES)
        if within == "name":
            return chance.choice(_VALUES)
        return chance.choice(_PARAMETERS if within != "target" else ("i", "x", "e"))

    def _cost(self, rule: Rule) -> float:
        return 1 + max(
            (self._depths[str(s.name)] for s in rule.expansion if not s.is_term), default=0
        )

    def _least_depths(self) -> dict[str, float]:
        """Give for each rule how deep its smallest derivation is."""
        depths = dict.fromkeys(self._rules, float("inf"))
        is_changed = True
        while is_changed:
            is_changed = False
            for name, rules in self._rules.items():
                least = min(
                    1 + max((depths[str(s.name)] for s in r.expansion if not s.is_term), default=0)
                    for r in rules
                )
                if least < depths[name]:
                    depths[name], is_changed = least, True
        return depths


_TOP = (20, 24, 28)
_BODY = (18, 20, 22, 26)


def _wants_type(within: str, pieces: list[tuple[str, str]]) -> bool:
    before = pieces[-1][0] if pieces else ""
    is_typed = within in ("declare", "parameter", "type_parameter", "star_parameter", "reference")
    return (is_typed and before == "COLON") or before in ("ARROW", "__ANON_0") or within == "result"
