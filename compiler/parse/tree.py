"""The tree of a parsed module: what was written, without any meaning; frozen, with spans, and cacheable as MessagePack.

Spans are plain tuples (line, column, stop line, stop column), all counted from 1 and the last one exclusive; the file
is the module's. Expressions stand in tree_expressions.py; all names are used from here.
"""

from typing import TypeAlias

import msgspec

from meshnode.compiler.parse.tree_expressions import (
    Argument,
    Attribute,
    Binary,
    Bool,
    Call,
    Capture,
    Comparison,
    Comprehension,
    DictionaryLiteral,
    Dots,
    Entry,
    Expression,
    Extent,
    Float,
    ForClause,
    FunctionParameter,
    FunctionType,
    Integer,
    KeywordSpread,
    Lambda,
    ListLiteral,
    Logical,
    Name,
    NestedTarget,
    Node,
    NoneLiteral,
    ReferenceTarget,
    ReferenceType,
    SetLiteral,
    Slice,
    Spread,
    String,
    Subscript,
    Target,
    Template,
    Ternary,
    Transfer,
    Tuple,
    TypeParameter,
    Unary,
    Walrus,
    Where,
)

__all__ = [
    "Argument",
    "Assert",
    "Assign",
    "Attribute",
    "AugmentedAssign",
    "Binary",
    "BindReference",
    "Bool",
    "Break",
    "Call",
    "Capture",
    "Case",
    "Comparison",
    "Comprehension",
    "Comptime",
    "Continue",
    "Declare",
    "DictionaryLiteral",
    "Dots",
    "Entry",
    "Expression",
    "ExpressionStatement",
    "Extent",
    "Float",
    "For",
    "ForClause",
    "Function",
    "FunctionParameter",
    "FunctionType",
    "If",
    "Import",
    "ImportedName",
    "Integer",
    "KeywordSpread",
    "Lambda",
    "ListLiteral",
    "Logical",
    "Match",
    "Module",
    "Name",
    "NestedTarget",
    "Node",
    "NoneLiteral",
    "Pass",
    "Raise",
    "ReferenceTarget",
    "ReferenceType",
    "Return",
    "SetLiteral",
    "Slice",
    "Spread",
    "Statement",
    "String",
    "Struct",
    "StructField",
    "Subscript",
    "Target",
    "Template",
    "Ternary",
    "Trait",
    "Transfer",
    "Try",
    "Tuple",
    "TypeParameter",
    "Unary",
    "Walrus",
    "Where",
    "While",
    "With",
    "WithItem",
    "decode_tree",
    "encode_tree",
]


class ExpressionStatement(Node, frozen=True, tag=True, array_like=True, gc=False):
    """An expression for its effect (or a docstring)."""

    value: Expression


class Declare(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`var a, b: T = value`."""

    names: tuple[Target, ...]
    annotation: Expression | None
    value: Expression | None


class BindReference(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`ref name: T = place`."""

    name: Name
    annotation: Expression | None
    value: Expression


class Assign(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`target = value`."""

    target: Expression
    value: Expression


class AugmentedAssign(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`target op= value`; `op` without the `=`."""

    target: Expression
    op: str
    value: Expression


class Comptime(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`comptime name[type_parameters]: T = value`; a trait's requirement has no value."""

    name: Name
    type_parameters: tuple[TypeParameter, ...]
    annotation: Expression | None
    value: Expression | None


class If(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`if`/`elif`/`else`: an `elif` is an `If` alone in `otherwise`."""

    condition: Expression
    then: tuple["Statement", ...]
    otherwise: tuple["Statement", ...]
    is_comptime: bool


class While(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`while condition: … else: …`."""

    condition: Expression
    body: tuple["Statement", ...]
    otherwise: tuple["Statement", ...]


class For(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`for [ref|var] targets in iterable: … else: …`."""

    convention: str | None
    targets: tuple[Target, ...]
    iterable: Expression
    body: tuple["Statement", ...]
    otherwise: tuple["Statement", ...]
    is_comptime: bool


class Try(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`try: … except e: … else: … finally: …`; `handler` is None without `except`."""

    body: tuple["Statement", ...]
    error: Name | None
    handler: tuple["Statement", ...] | None
    otherwise: tuple["Statement", ...]
    final: tuple["Statement", ...]


class Return(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`return value`."""

    value: Expression | None


class Raise(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`raise value`; None raises the caught error again."""

    value: Expression | None


class Assert(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`assert condition, message`."""

    condition: Expression
    message: Expression | None
    is_comptime: bool


class Pass(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`pass`."""


class Break(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`break`."""


class Continue(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`continue`."""


class ImportedName(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`name as alias`."""

    name: str
    alias: str


class Import(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`from module import names`, or `import module as alias` (then `names` is empty); `("*",)`-like names too."""

    module: str
    names: tuple[ImportedName, ...]
    alias: str | None


class Function(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`def name[type_parameters](parameters) raises error {captures} -> result where condition: body`.

    The span is the header's.
    """

    name: Name
    type_parameters: tuple[TypeParameter, ...]
    parameters: tuple[FunctionParameter, ...]
    raises: bool
    result: Expression | None
    body: tuple["Statement", ...]
    decorators: tuple[Expression, ...]
    error: Expression | None = None
    """The type after `raises`; None means `Error` if the function raises."""
    captures: tuple[Capture, ...] | None = None
    """The capture list of a nested function."""
    where: Expression | None = None


class StructField(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`var name: annotation` in a struct."""

    name: str
    annotation: Expression


class Struct(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`struct name[type_parameters](traits): …`; the span is the header's."""

    name: Name
    type_parameters: tuple[TypeParameter, ...]
    traits: tuple[Expression, ...]
    fields: tuple[StructField, ...]
    methods: tuple[Function, ...]
    constants: tuple[Comptime, ...]
    decorators: tuple[Expression, ...]
    where: Expression | None = None


class Trait(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`trait name[type_parameters](parents): …`; a requirement is a function whose body is `...`."""

    name: Name
    type_parameters: tuple[TypeParameter, ...]
    traits: tuple[Expression, ...]
    methods: tuple[Function, ...]
    constants: tuple[Comptime, ...]
    decorators: tuple[Expression, ...]


class WithItem(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`value as name`."""

    value: Expression
    name: Name | None


class With(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`with a as x, b as y: …`."""

    items: tuple[WithItem, ...]
    body: tuple["Statement", ...]


class Case(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`case pattern if guard: …`; several patterns with commas are one `Tuple`.

    `var name` and `== value` are `Unary` with these words as operator, `pattern as name` is a `Binary`.
    """

    pattern: Expression
    guard: Expression | None
    body: tuple["Statement", ...]


class Match(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`match subject: case …`."""

    subject: Expression
    cases: tuple[Case, ...]


Statement: TypeAlias = (
    ExpressionStatement
    | Declare
    | BindReference
    | Assign
    | AugmentedAssign
    | Comptime
    | If
    | While
    | For
    | Try
    | Return
    | Raise
    | Assert
    | Pass
    | Break
    | Continue
    | Import
    | Function
    | Struct
    | Trait
    | With
    | Match
)


class Module(Node, frozen=True, tag=True, array_like=True, gc=False):
    """One source file."""

    file: str
    """The path as the user gave it, or `prelude/NAME.mojo`."""
    body: tuple[Statement, ...]


_ENCODER = msgspec.msgpack.Encoder()


def encode_tree(module: Module) -> bytes:
    """Pack a parsed module for a cache."""
    return _ENCODER.encode(module)


def decode_tree(data: bytes) -> Module:
    """Unpack what `encode_tree` packed; raises msgspec.MsgspecError for anything else."""
    return msgspec.msgpack.decode(data, type=Module)
