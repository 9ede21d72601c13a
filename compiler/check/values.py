"""What an expression is while a function is checked: literals, scalars, places, types, functions."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum, unique
from typing import TYPE_CHECKING, NoReturn

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import dtype_names
from meshnode.compiler.diagnostic import Code, Diagnostic, Note
from meshnode.compiler.names.symbols import (
    ConstantSymbol,
    FunctionSymbol,
    ImportedModule,
    ModuleSymbols,
    StructSymbol,
)
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral, materialise

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body

ParameterValue = ir.Type | ir.Const | Aggregate
"""What a parameter in square brackets stands for: a type, a constant, or a struct value."""


ALIVE = ir.Field("$alive", ir.BOOL)
"""The hidden last field of structs with a destructor of the program's own; see `ir.py`."""


class StringLiteral(msgspec.Struct, frozen=True):
    """Text without a type yet."""

    text: str


class Scalar(msgspec.Struct, frozen=True):
    """A pure expression of scalar or vector type."""

    expr: ir.Expr
    home: "Stored | None" = None
    """The vector of which this is a lane, if it is one that lives in a place."""


class Stored(msgspec.Struct, frozen=True):
    """Something that lives in a place which somebody else owns."""

    place: ir.Place
    is_mutable: bool
    variable: ir.LocalId | None = None
    """The variable, if the place is a whole one that this function owns: it may be transferred."""


class Fresh(msgspec.Struct, frozen=True):
    """A struct value in a temporary of ours: whoever uses it may take it over."""

    place: ir.LocalPlace
    is_moved: bool = False
    """It came out of another place by `^`: where it is stored, the type's move constructor brings it."""


class Nothing(msgspec.Struct, frozen=True):
    """The result of a function without result."""


class TypeName(msgspec.Struct, frozen=True):
    """A type, named in an expression."""

    type: ir.Type


class GenericStruct(msgspec.Struct, frozen=True):
    """A parametric struct without its parameters, or with some of them."""

    symbol: StructSymbol
    parameters: "tuple[Written, ...]" = ()


class Functions(msgspec.Struct, frozen=True):
    """An overload set, perhaps bound to an object, perhaps with parameters given."""

    name: str
    functions: Sequence[FunctionSymbol]
    receiver: "Value | None" = None
    struct: ir.Type | None = None
    """The type whose methods these are: a struct, or a number or vector."""
    parameters: "tuple[Written, ...]" = ()
    """What stands in square brackets after the name."""
    captures: tuple[Stored, ...] = ()
    """Where the variables live that a nested function captures."""


class Builtin(msgspec.Struct, frozen=True):
    """A name that the checker itself understands when it is called, such as `print` and `len`."""

    name: str
    parameters: tuple[tree.Argument, ...] = ()


class ScalarMethod(msgspec.Struct, frozen=True):
    """`x.copy` of a number."""

    receiver: "Value"
    name: str
    parameters: tuple[tree.Argument, ...] = ()


class ListItems(msgspec.Struct, frozen=True):
    """A list display whose elements wait for an expected type."""

    node: tree.ListLiteral


class Known(msgspec.Struct, frozen=True):
    """A struct value that is known while the program is compiled."""

    type: ir.StructType
    content: Aggregate | None
    """None if it owns memory in ways that are not known here; then `maker` computes it anew where it is used."""
    maker: ir.FunctionId | None = None


class BraceItems(msgspec.Struct, frozen=True):
    """What stands in braces and waits for an expected type."""

    node: tree.SetLiteral | tree.DictionaryLiteral


class Pack(msgspec.Struct, frozen=True):
    """The arguments of `*args: *Ts`, each of its own type."""

    items: "tuple[Value, ...]"


class GenericConstant(msgspec.Struct, frozen=True):
    """A `comptime` name with parameters, before these are given."""

    symbol: ConstantSymbol
    home: "Env | None" = None
    """Where it stands, if that is a struct or a function."""
    outer: "Body | None" = None
    """The function, whose `comptime` names it may use."""


class ModuleName(msgspec.Struct, frozen=True):
    """An imported module."""

    module: ImportedModule


class RunTime(msgspec.Struct, frozen=True):
    """What a variable's name means in an expression of compile time."""


class TemplateParts(msgspec.Struct, frozen=True):
    """A t-string: pieces of text and the values between them, each with its place in the source."""

    parts: "tuple[tuple[Value, tree.Extent], ...]"


Value = (
    IntLiteral
    | FloatLiteral
    | StringLiteral
    | Scalar
    | Stored
    | Fresh
    | Nothing
    | TypeName
    | GenericStruct
    | Functions
    | Builtin
    | ScalarMethod
    | ListItems
    | Known
    | BraceItems
    | TemplateParts
    | Pack
    | GenericConstant
    | ModuleName
)


Given = tuple[str | None, Value, tree.Extent]
"""An argument: keyword, value, place in the source."""


Operand = tuple[Value, tree.Extent]
"""An operator's operand with its place in the source."""


class Env(msgspec.Struct, frozen=True):
    """Where code stands: what its names mean besides local variables."""

    module: ModuleSymbols
    parameters: Mapping[str, ParameterValue]
    self_type: ir.Type | None
    constants: Mapping[str, "Value"] = msgspec.field(default_factory=dict)
    """The `comptime` names of the function."""

    def with_constant(self, name: str, value: "Value | None") -> "Env":
        """Give the same with a `comptime` name more, or with the name taken by something else (None).

        What may be a parameter is among these too, where types find it.
        """
        parameter = None if value is None else as_parameter(value)
        if value is None and name not in self.constants:
            return self
        constants = {k: v for k, v in self.constants.items() if k != name}
        parameters = {k: v for k, v in self.parameters.items() if k != name}
        if value is not None:
            constants[name] = value
        if parameter is not None:
            parameters[name] = parameter
        return replace(self, constants=constants, parameters=parameters)

    def span(self, extent: tree.Extent) -> ir.Span:
        """Give the full span of an extent in this file."""
        return ir.Span(self.module.file, *extent)

    def fail(
        self,
        code: Code,
        message: str,
        extent: tree.Extent,
        *,
        notes: tuple[Note, ...] = (),
        suggestion: str | None = None,
    ) -> NoReturn:
        """Stop checking this statement with an error."""
        raise CheckFailed(
            Diagnostic(code, message, self.span(extent), notes=notes, suggestion=suggestion)
        )

    def unsupported(self, what: str, extent: tree.Extent) -> NoReturn:
        """Stop checking this statement: it is Mojo, but not ours yet."""
        self.fail(Code.UNSUPPORTED, f"not supported yet: {what}", extent)


class Written(msgspec.Struct, frozen=True):
    """A parameter as written in square brackets; each candidate of an overload set reads it in its own way."""

    argument: tree.Argument
    env: Env
    """Where it stands."""
    outer: "Body | None"
    """Lends its local `comptime` names."""


class CheckFailed(Exception):  # noqa: N818 - it is control flow inside the checker, caught for each statement
    """The statement cannot be checked; None if the cause was reported before."""

    def __init__(self, diagnostic: Diagnostic | None) -> None:
        super().__init__(diagnostic and diagnostic.message)
        self.diagnostic = diagnostic


class SignatureParameter(msgspec.Struct, frozen=True):
    """A parameter with its type."""

    name: str
    type: ir.Type
    passing: ir.Passing
    is_mutable: bool
    default: tree.Expression | None
    is_keyword_only: bool
    is_positional_only: bool
    node: tree.FunctionParameter


@unique
class Reference(Enum):
    """What may be done with a place that a function returns."""

    READ = "read"
    MUTATE = "mutate"


class Signature(msgspec.Struct, frozen=True):
    """A function instance's type."""

    function: ir.FunctionId
    parameters: tuple[SignatureParameter, ...]
    result: ir.Type
    result_name: str | None
    """The name of the `out` parameter, if the result has one."""
    error: ir.StructType | None
    """The type of the errors that it raises."""
    env: Env
    reference: Reference | None = None
    """For a function that returns a place: the result is its address."""


def as_parameter(value: Value) -> ParameterValue | None:
    """Give what a constant is as a parameter; None for what parameters cannot be."""
    match value:
        case IntLiteral():
            return materialise(value, ir.INT)
        case FloatLiteral():
            return materialise(value, ir.FLOAT64)
        case Scalar(ir.Const() as constant):
            return constant
        case TypeName(type_):
            return type_
        case Known(_, content):
            return content
        case _:
            return None


def value_of_parameter(parameter: ParameterValue) -> Value:
    """Give what a parameter's name means in an expression."""
    match parameter:
        case ir.Const():
            return Scalar(parameter)
        case Aggregate(type_):
            return Known(type_, parameter)
        case _:
            return TypeName(parameter)


def is_scalar(type_: ir.Type) -> bool:
    """Tell whether values of the type are held by expressions (all but structs)."""
    return not isinstance(type_, ir.StructType)


def type_name(type_: ir.Type) -> str:  # noqa: PLR0911 - one case a type
    """Give the type's name as Mojo writes it."""
    match type_:
        case ir.IntType(64, is_signed=is_signed, is_fixed=False):
            return "Int" if is_signed else "UInt"
        case ir.IntType(bits, is_signed=is_signed):
            return f"{'' if is_signed else 'U'}Int{bits}"
        case ir.FloatType(bits):
            return f"Float{bits}"
        case ir.BoolType():
            return "Bool"
        case ir.DTypeType():
            return "DType"
        case ir.VectorType():
            return dtype_names.type_of_name(type_)
        case ir.UnitType():
            return "None"
        case ir.PointerType(pointee):
            return f"__Pointer[{type_name(pointee)}]"
        case ir.StructType(struct):
            return struct


def is_element_of(place: ir.Place, roots: AbstractSet[ir.LocalId | None]) -> bool:
    """Tell whether a place is an element, or a field of one, of a list in one of the locals."""
    while isinstance(place, ir.FieldPlace):
        place = place.base
    return isinstance(place, ir.ElementPlace) and root_local(place) in roots


def root_local(place: ir.Place) -> ir.LocalId | None:
    """Give the local in which a place lies; None behind a pointer."""
    while not isinstance(place, ir.LocalPlace):
        if isinstance(place, ir.PointeePlace):
            return None
        place = place.base
    return place.local
