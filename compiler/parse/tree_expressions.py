"""The tree's expressions, and what definitions and loops share with them; see tree.py, which names them all."""

from typing import TypeAlias

import msgspec

Extent: TypeAlias = tuple[int, int, int, int]
"""Line, column, stop line, stop column."""


class Node(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """The base of all nodes."""

    span: Extent


class Name(Node, frozen=True, tag=True, array_like=True, gc=False):
    """An identifier."""

    name: str


class Integer(Node, frozen=True, tag=True, array_like=True, gc=False):
    """An integer literal as written (`1_000`, `0xff`)."""

    text: str


class Float(Node, frozen=True, tag=True, array_like=True, gc=False):
    """A float literal as written."""

    text: str


class String(Node, frozen=True, tag=True, array_like=True, gc=False):
    """A string literal, unescaped."""

    value: str


class Bool(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`True` or `False`."""

    value: bool


class NoneLiteral(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`None`."""


class Unary(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`-x`, `+x`, `~x`, `not x`."""

    op: str
    operand: "Expression"


class Binary(Node, frozen=True, tag=True, array_like=True, gc=False):
    """An arithmetic or bitwise operator."""

    op: str
    left: "Expression"
    right: "Expression"


class Logical(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`and` or `or`."""

    op: str
    left: "Expression"
    right: "Expression"


class Comparison(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`a < b <= c`: one more operand than operators (`in`, `not in`, `is`, `is not` too)."""

    operands: tuple["Expression", ...]
    ops: tuple[str, ...]


class Ternary(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`then if condition else otherwise`."""

    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


class Argument(Node, frozen=True, tag=True, array_like=True, gc=False):
    """An argument of a call or subscript."""

    name: str | None
    value: "Expression"


class Call(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`callee(arguments)`."""

    callee: "Expression"
    arguments: tuple[Argument, ...]


class Subscript(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`base[arguments]`: an element, or parameters of a type or function."""

    base: "Expression"
    arguments: tuple[Argument, ...]


class Attribute(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`base.name`."""

    base: "Expression"
    name: str


class Transfer(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`operand^`."""

    operand: "Expression"


class Tuple(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`a, b` or `(a, b)`."""

    elements: tuple["Expression", ...]


class ListLiteral(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`[a, b]`."""

    elements: tuple["Expression", ...]


class Lambda(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`lambda (parameters) raises {captures} -> result: value`."""

    parameters: tuple["FunctionParameter", ...]
    raises: bool
    error: "Expression | None"
    captures: "tuple[Capture, ...] | None"
    result: "Expression | None"
    value: "Expression"


class FunctionType(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`def[type_parameters](parameters) effects -> result` where a type stands."""

    type_parameters: tuple["TypeParameter", ...]
    parameters: tuple["FunctionParameter", ...]
    """Names are empty where only the type is written."""
    effects: tuple[str, ...]
    """`raises`, `thin`, `capturing`, …, in the order of the source."""
    error: "Expression | None"
    result: "Expression | None"


class ReferenceType(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`ref [origins] referent`, or `ref referent`, as a function's result."""

    origins: tuple["Expression", ...]
    referent: "Expression"


class Walrus(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`name := value`; in `a = b = value` also `b = value`, whose target may be any place."""

    target: "Expression"
    value: "Expression"


class Template(Node, frozen=True, tag=True, array_like=True, gc=False):
    """A t-string: text and values in order."""

    parts: tuple["Expression", ...]


class Dots(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`...`."""


class Spread(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`*value` as an argument."""

    value: "Expression"


class KeywordSpread(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`**value` as an argument."""

    value: "Expression"


class Slice(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`start:stop:step` in a subscript."""

    start: "Expression | None"
    stop: "Expression | None"
    step: "Expression | None"


class Entry(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`key: value` of a dictionary."""

    key: "Expression"
    value: "Expression"


class SetLiteral(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`{a, b}`."""

    elements: tuple["Expression", ...]


class DictionaryLiteral(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`{a: b, c: d}`."""

    entries: tuple[Entry, ...]


class ForClause(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`for targets in iterable if conditions` of a comprehension."""

    convention: str | None
    targets: tuple["Target", ...]
    iterable: "Expression"
    conditions: tuple["Expression", ...]


class Comprehension(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`[element for … if …]`; in braces a set, or a dictionary if the element is an `Entry`."""

    kind: str
    """"list", "set" or "dictionary"."""
    element: "Expression | Entry"
    clauses: tuple[ForClause, ...]


class Where(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`conformance where condition` in a struct's list of traits."""

    conformance: "Expression"
    condition: "Expression"


Expression: TypeAlias = (
    Name
    | Integer
    | Float
    | String
    | Bool
    | NoneLiteral
    | Unary
    | Binary
    | Logical
    | Comparison
    | Ternary
    | Call
    | Subscript
    | Attribute
    | Transfer
    | Tuple
    | ListLiteral
    | Lambda
    | FunctionType
    | ReferenceType
    | Walrus
    | Template
    | Dots
    | Spread
    | KeywordSpread
    | Slice
    | SetLiteral
    | DictionaryLiteral
    | Comprehension
    | Where
)


class NestedTarget(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`(a, b)` among the names that a loop or `var` gives."""

    targets: tuple["Target", ...]


class ReferenceTarget(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`ref name` among the names that a loop gives."""

    name: Name


Target: TypeAlias = Name | NestedTarget | ReferenceTarget


class Capture(Node, frozen=True, tag=True, array_like=True, gc=False):
    """One entry of a capture list: `{imm k}`, `{mut count}`, `{var x}`, `{x^}`; without a name, for all others."""

    convention: str | None
    name: str | None
    is_moved: bool


class TypeParameter(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`T: Bound = default` in square brackets.

    `kind` is "normal", or "star" (`*Ts`, or the bare `*`), "slash" (`/`), "inferred" (`//`: those before are inferred).
    """

    name: str
    bound: Expression | None
    default: Expression | None
    kind: str


class FunctionParameter(Node, frozen=True, tag=True, array_like=True, gc=False):
    """One parameter; `kind` is "normal", or "star" (`*name`, or the bare `*`), "slash", "double_star"."""

    name: str
    convention: str | None
    annotation: Expression | None
    default: Expression | None
    kind: str
    origins: tuple[Expression, ...] = ()
    """What stands in the brackets of `ref [origins]`."""
