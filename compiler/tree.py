"""The tree of a parsed module: what was written, without any meaning; frozen, with spans, and cacheable as MessagePack.

Spans are plain tuples (line, column, stop line, stop column), all counted from 1 and the last one exclusive; the file
is the module's. What the parser understands but the compiler does not yet becomes `Unsupported`.
"""

from typing import TypeAlias

import msgspec

Extent: TypeAlias = tuple[int, int, int, int]
"""Line, column, stop line, stop column."""


class Node(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """The base of all nodes."""

    span: Extent


# ----------------------------------------------------------------------------------------------------- expressions


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


class Unsupported(Node, frozen=True, tag=True, array_like=True, gc=False):
    """An expression that is Mojo but not supported yet; `what` completes "not supported yet: …"."""

    what: str


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
    | Unsupported
)

# ------------------------------------------------------------------------------------------------------ statements


class ExpressionStatement(Node, frozen=True, tag=True, array_like=True, gc=False):
    """An expression for its effect (or a docstring)."""

    value: Expression


class Declare(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`var a, b: T = value`."""

    names: tuple[Name, ...]
    annotation: Expression | None
    value: Expression | None


class BindReference(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`ref name = place`."""

    name: Name
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
    """`comptime name: T = value`."""

    name: Name
    annotation: Expression | None
    value: Expression


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
    targets: tuple[Name, ...]
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


class TypeParameter(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`T: Bound = default` in square brackets."""

    name: str
    bound: Expression | None
    default: Expression | None


class FunctionParameter(Node, frozen=True, tag=True, array_like=True, gc=False):
    """One parameter; `kind` is "normal", or "star" (`*name`, or the bare `*`), "slash", "double_star"."""

    name: str
    convention: str | None
    annotation: Expression | None
    default: Expression | None
    kind: str


class Function(Node, frozen=True, tag=True, array_like=True, gc=False):
    """`def name[type_parameters](parameters) raises -> result: body`; the span is the header's."""

    name: Name
    type_parameters: tuple[TypeParameter, ...]
    parameters: tuple[FunctionParameter, ...]
    raises: bool
    result: Expression | None
    body: tuple["Statement", ...]
    decorators: tuple[Expression, ...]


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


class UnsupportedStatement(Node, frozen=True, tag=True, array_like=True, gc=False):
    """A statement that is Mojo but not supported yet."""

    what: str


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
    | UnsupportedStatement
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
