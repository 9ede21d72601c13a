"""Function values: `def(Int) thin -> Int` is the number of one of the functions that the program uses so.

A call of such a value is a call of its type's dispatcher, which compares the number with those of all functions that
were made values of the type. So there is no table of code addresses: every call in the IR names its callee, a value
means the same in every module made from the program, and effects are those of the functions that it may be.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import conversions
from meshnode.compiler.check.body import Body, LocalConstant
from meshnode.compiler.check.calls.nested import Nest
from meshnode.compiler.check.types import parameters as check_parameters
from meshnode.compiler.check.types import types
from meshnode.compiler.check.values import (
    CheckFailed,
    Env,
    Fresh,
    Functions,
    ParameterValue,
    Scalar,
    Signature,
    SignatureParameter,
    Stored,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import FunctionSymbol, StructSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker

DISPATCHER = "__call_thin"
"""What the names of dispatchers begin with."""
_FIELD = "number"
_SPAN = ir.Span("prelude/closures.mojo", 1, 1, 1, 1)
_THIN = frozenset(["thin", "raises"])


class FunctionType(msgspec.Struct, eq=False):
    """One type of function values."""

    type: ir.StructType
    symbol: FunctionSymbol
    """Its dispatcher, which takes the number before the arguments."""
    signature: Signature
    targets: list[Signature] = msgspec.field(default_factory=list)
    """The functions that are values of the type; each one's number is its index."""


class FunctionTypes:
    """All types of function values in a compilation."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker
        self._types: dict[ir.StructId, FunctionType] = {}

    def find(self, type_: ir.Type) -> FunctionType | None:
        """Give what is known of a type of function values; None for other types."""
        return self._types.get(type_.struct) if isinstance(type_, ir.StructType) else None

    def resolve(self, env: Env, node: tree.FunctionType) -> ir.Type:
        """Give the type that a written `def(…) thin -> T` names."""
        for effect in node.effects:
            if effect not in _THIN:
                env.unsupported(f"'{effect}' function types", node.span)
        if "thin" not in node.effects:
            env.fail(
                Code.TYPE,
                "this function type stands for many types, one for each closure",
                node.span,
                suggestion="write 'thin' before '->' for plain functions, or 'Some[def(…) -> …]'",
            )
        return self.described(env, node).type

    def described(self, env: Env, node: tree.FunctionType) -> FunctionType:
        """Give the type of plain functions with this signature."""
        if node.type_parameters:
            env.unsupported("generic function types", node.span)
        parameters = tuple(
            msgspec.structs.replace(parameter, name=f"argument {index}")
            for index, parameter in enumerate(node.parameters, start=1)
        )
        function = tree.Function(
            node.span,
            tree.Name(node.span, "function"),
            (),
            parameters,
            "raises" in node.effects,
            node.result,
            (),
            (),
            node.error,
        )
        symbol = FunctionSymbol(env.module, function, nest=Nest(env))
        return self.of_signature(self._checker.signatures.find(symbol, None, ()))

    def of_signature(self, signature: Signature) -> FunctionType:
        """Give the type of plain functions with this signature."""
        name = ir.StructId(_text(signature))
        known = self._types.get(name)
        if known is not None:
            return known
        extent = (1, 1, 1, 1)
        number = tree.FunctionParameter(extent, "self", None, None, None, "normal")
        nodes = [
            tree.FunctionParameter(extent, parameter.name, None, None, None, "normal")
            for parameter in signature.parameters
        ]
        header = tree.Name(extent, DISPATCHER)
        function = tree.Function(
            extent, header, (), (number, *nodes), raises=False, result=None, body=(), decorators=()
        )
        symbol = FunctionSymbol(signature.env.module, function)
        own = SignatureParameter(
            "self",
            ir.INT,
            ir.Passing.VALUE,
            is_mutable=False,
            default=None,
            is_keyword_only=False,
            is_positional_only=False,
            node=number,
        )
        others = [replace(p, default=None, is_keyword_only=False) for p in signature.parameters]
        dispatching = replace(
            signature,
            function=self._checker.signatures.unique_name(f"{DISPATCHER} {name}"),
            parameters=(own, *others),
            result_name=None,
        )
        self._checker.signatures.preset(symbol, dispatching)
        library = self._checker.symbols.prelude.get("_FunctionValue")
        assert isinstance(library, StructSymbol), "the prelude lacks '_FunctionValue'"
        instance = types.StructInstance(name, library, {}, None)
        instance.env = Env(library.module, {}, instance.type)
        instance.fields = (ir.Field(_FIELD, ir.INT),)
        instance.is_complete = True
        self._checker.types.instances[name] = instance
        self._types[name] = FunctionType(instance.type, symbol, dispatching)
        return self._types[name]

    def is_dispatcher(self, symbol: FunctionSymbol) -> bool:
        """Tell whether a function is one of the dispatchers, which are written at the end."""
        return any(known.symbol is symbol for known in self._types.values())

    def choose(
        self, body: Body, functions: Functions, target: ir.Type
    ) -> tuple[FunctionType, FunctionSymbol, Signature] | None:
        """Find the function of an overload set that is a value of the target type."""
        known = self.find(target)
        if known is None or functions.receiver is not None or functions.captures:
            return None
        for symbol in functions.functions:
            try:
                values: tuple[ParameterValue, ...] = ()
                if symbol.node.type_parameters:
                    extent = symbol.node.span
                    values = check_parameters.infer(body, functions, symbol, {}, extent)
                signature = self._checker.signatures.find(symbol, functions.struct, values)
            except CheckFailed:
                continue
            if fits(signature, known.signature):
                return known, symbol, signature
        return None

    @property
    def value_count(self) -> int:
        """How many functions have become values."""
        return sum(len(known.targets) for known in self._types.values())

    def dispatchers(self) -> Iterator[ir.Function]:
        """Write the dispatchers, now that all function values are known."""
        for known in self._types.values():
            yield _dispatcher(known)


def _text(signature: Signature) -> str:
    """Write a type as the language does."""
    conventions = {ir.Passing.MUTATE: "mut ", ir.Passing.OWNED: "var "}
    parameters = [
        f"{conventions.get(parameter.passing, '')}{type_name(parameter.type)}"
        for parameter in signature.parameters
    ]
    raises = ""
    if signature.error is not None:
        raises = " raises"
        if signature.error.struct != "Error":
            raises += f" {type_name(signature.error)}"
    return f"def({', '.join(parameters)}){raises} thin -> {type_name(signature.result)}"


def name_closure(body: Body, name: tree.Name, value: Value) -> bool:
    """Let a variable name a function that no variable can hold; False for other values."""
    if not isinstance(value, Functions) or _plain(value) is not None:
        return False
    body.bind(name.name, LocalConstant(value))
    return True


def held_type(body: Body, value: Value, extent: tree.Extent) -> ir.Type:
    """Give the type with which a variable or an element holds a value, a plain function too."""
    symbol = _plain(value)
    if symbol is None:
        return conversions.natural_type(body, value, extent)
    assert isinstance(value, Functions)
    signature = body.checker.signatures.find(symbol, value.struct, ())
    return body.checker.function_types.of_signature(signature).type


def _plain(value: Value) -> FunctionSymbol | None:
    """Give the one function that a value is, if it captures nothing and is not generic."""
    if not isinstance(value, Functions) or value.captures or value.receiver is not None:
        return None
    symbol = value.functions[0]
    return None if len(value.functions) > 1 or symbol.node.type_parameters else symbol


def fits(signature: Signature, wanted: Signature) -> bool:
    """Tell whether a function takes and gives what a dispatcher does after its number."""
    parameters = wanted.parameters[1:]
    return (
        len(signature.parameters) == len(parameters)
        and all(
            (own.type, own.passing) == (other.type, other.passing)
            for own, other in zip(signature.parameters, parameters, strict=True)
        )
        and signature.result == wanted.result
        and signature.error in (None, wanted.error)
    )


def build(body: Body, functions: Functions, target: ir.Type, extent: tree.Extent) -> Value | None:
    """Make a function value of the target type; None if that is another type."""
    if body.checker.function_types.find(target) is None:
        return None
    chosen = body.checker.function_types.choose(body, functions, target)
    if chosen is None:
        reason = "it captures variables" if functions.captures else "its signature differs"
        body.env.fail(
            Code.TYPE,
            f"'{functions.name}' is no value of type '{type_name(target)}': {reason}",
            extent,
        )
    known, symbol, signature = chosen
    body.checker.request(symbol, signature, body.env.span(extent))
    if signature not in known.targets:
        known.targets.append(signature)
    place = body.temporary(known.type, extent)
    number = ir.Const(ir.INT, known.targets.index(signature))
    body.assign(ir.FieldPlace(place, _FIELD, ir.INT), number, extent)
    return Fresh(place)


def number_of(value: Value) -> Value:
    """Give the number in a function value."""
    assert isinstance(value, Stored | Fresh)
    return Scalar(ir.Load(ir.FieldPlace(value.place, _FIELD, ir.INT), ir.INT))


def _dispatcher(known: FunctionType) -> ir.Function:
    signature = known.signature
    locals_ = [ir.Local(p.name, p.type, _SPAN) for p in signature.parameters]
    parameters = tuple(
        ir.Parameter(ir.LocalId(index), parameter.passing)
        for index, parameter in enumerate(signature.parameters)
    )
    target: ir.LocalPlace | None = None
    if signature.result != ir.UNIT:
        target = ir.LocalPlace(ir.LocalId(len(locals_)), signature.result)
        locals_.append(ir.Local("$result", signature.result, _SPAN))
    arguments: list[ir.Argument] = []
    for index, parameter in enumerate(signature.parameters[1:], start=1):
        place = ir.LocalPlace(ir.LocalId(index), parameter.type)
        is_value = parameter.passing is ir.Passing.VALUE
        arguments.append(
            ir.ByValue(ir.Load(place, place.type)) if is_value else ir.ByReference(place)
        )
    number = ir.Load(ir.LocalPlace(ir.LocalId(0), ir.INT), ir.INT)
    block: ir.Block = (ir.Perform(None, "trap", (), _SPAN),)
    for index, function in reversed(list(enumerate(known.targets))):
        call = ir.Call(target, function.function, tuple(arguments), _SPAN)
        if index == len(known.targets) - 1:
            block = (call,)
            continue
        is_this = ir.Compare(ir.CompareOp.EQ, number, ir.Const(ir.INT, index))
        block = (ir.If(is_this, (call,), block, _SPAN),)
    result = None if target is None else target.local
    return ir.Function(
        signature.function, parameters, result, signature.error, tuple(locals_), block, _SPAN
    )
