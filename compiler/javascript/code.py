"""Pieces of JavaScript: an expression's text, how tightly it binds and, for integers, which kind of number it is."""

import json
import math
from typing import Final

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.diagnostic import Code as Kind
from meshnode.compiler.diagnostic import CompileError, Diagnostic

WIDE: Final = 64
"""Bits of the integers that may be BigInts."""
WORD: Final = 32
"""Bits of the integers that JavaScript's own operators are made for, and of Float32."""
ATOM: Final = 20
UNARY: Final = 15
_BINARY: Final = {
    **dict.fromkeys(["*", "/", "%"], 13),
    **dict.fromkeys(["+", "-"], 12),
    **dict.fromkeys(["<<", ">>", ">>>"], 11),
    **dict.fromkeys(["<", "<=", ">", ">="], 10),
    **dict.fromkeys(["===", "!=="], 9),
    "&": 8,
    "^": 7,
    "|": 6,
    "&&": 5,
    "||": 4,
}
CHOICE: Final = 3


class Code(msgspec.Struct, frozen=True):
    """An expression."""

    text: str
    binding: int = ATOM
    is_big: bool = False
    """A BigInt; otherwise a number (or what else the type asks for)."""

    def inside(self, binding: int) -> str:
        """Give the text as an operand of an operator that binds so tightly."""
        return self.text if self.binding >= binding else f"({self.text})"


def infix(operator: str, left: Code, right: Code, *, is_big: bool = False) -> Code:
    """Join two operands by an operator."""
    binding = _BINARY[operator]
    return Code(f"{left.inside(binding)} {operator} {right.inside(binding + 1)}", binding, is_big)


def call(function: str, *arguments: Code | str, is_big: bool = False) -> Code:
    """Call a function."""
    texts = [a.text if isinstance(a, Code) else a for a in arguments]
    return Code(f"{function}({', '.join(texts)})", is_big=is_big)


def whole(value: int, *, is_big: bool) -> Code:
    """Write an integer."""
    return Code(f"{value}{'n' if is_big else ''}", UNARY if value < 0 else ATOM, is_big)


def fraction(value: float) -> Code:
    """Write a float."""
    if math.isnan(value):
        return Code("NaN")
    if math.isinf(value):
        return Code("Infinity") if value > 0 else Code("-Infinity", UNARY)
    text = repr(value).removesuffix(".0")
    return Code(text, UNARY if text.startswith("-") else ATOM)


def as_big(code: Code) -> Code:
    """Make an integer a BigInt."""
    if code.is_big:
        return code
    if code.text.lstrip("-").isdigit():
        return Code(code.text + "n", code.binding, is_big=True)
    return call("BigInt", code, is_big=True)


def as_number(code: Code) -> Code:
    """Make an integer that is proved to be safe a number."""
    if not code.is_big:
        return code
    if code.text.lstrip("-")[:-1].isdigit():
        return Code(code.text[:-1], code.binding)
    return call("Number", code)


def quoted(text: str) -> str:
    """Write a string."""
    return json.dumps(text)


def refuse(what: str, span: ir.Span) -> CompileError:
    """Say that plain JavaScript cannot do something."""
    message = f"not supported yet in plain JavaScript: {what}"
    return CompileError((Diagnostic(Kind.UNSUPPORTED, message, span),))
