"""Views: `Pointer`, `Span`, `StringSlice`, whose types do not say here where they look; and what keeps that alive."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.names.symbols import ConstantSymbol, StructSymbol, Symbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.body import Body
    from meshnode.compiler.check.program import Checker

_VIEWS = frozenset(["Pointer", "Span"])
_TEXTS = frozenset(["StringSlice", "StringSpan", "StaticString"])


def parameters(
    checker: "Checker",
    symbol: StructSymbol | ConstantSymbol,
    arguments: Sequence[tree.Argument],
) -> Sequence[tree.Argument]:
    """Give what stands in square brackets but mutability and origin: of a view, the type of its elements alone."""
    name = symbol.node.name.name
    if name not in _VIEWS or symbol is not checker.symbols.prelude.get(name):
        return arguments
    return [argument for argument in arguments if argument.name in (None, "T")][:1]


def is_text(checker: "Checker", symbol: Symbol | None) -> bool:
    """Tell whether a name is one of a string's views, which are strings here."""
    if not isinstance(symbol, ConstantSymbol):
        return False
    name = symbol.node.name.name
    return name in _TEXTS and symbol is checker.symbols.prelude.get(name)


def keep_temporaries(body: "Body", type_: ir.Type) -> None:
    """Let a statement's temporaries live as long as the block: a view that it declares may look into them."""
    if _holds_spans(body, type_):
        body.declared.extend(body.temporaries)
        body.temporaries.clear()


def _holds_spans(body: "Body", type_: ir.Type) -> bool:
    span = body.checker.symbols.prelude.get("Span")
    seen: set[ir.StructId] = set()
    waiting = [type_]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, ir.StructType) or found.struct in seen:
            continue
        seen.add(found.struct)
        instance = body.checker.types.struct_of(found)
        if instance.symbol is not None and instance.symbol is span:
            return True
        waiting += [field.type for field in instance.fields]
    return False


def is_view(checker: "Checker", type_: ir.Type) -> bool:
    """Tell whether a type is one of the library's that hold addresses of what they do not own."""
    if not isinstance(type_, ir.StructType):
        return False
    instance = checker.types.struct_of(type_)
    if instance.symbol is None or not instance.symbol.module.is_prelude:
        return False
    types = [field.type for field in instance.fields]
    is_hidden = instance.symbol.node.name.name.startswith("_")  # An iterator, made of others.
    return not checker.types.is_owned(type_) and any(
        isinstance(inner, ir.PointerType) or (is_hidden and is_view(checker, inner))
        for inner in types
    )


def looks_elsewhere(checker: "Checker", type_: ir.Type) -> bool:
    """Tell whether values of a type are views, or contain such."""
    if isinstance(type_, ir.PointerType):
        return True
    if not isinstance(type_, ir.StructType):
        return False
    known = checker.viewing.get(type_.struct)
    if known is None:
        checker.viewing[type_.struct] = False  # A struct within itself looks nowhere by that alone.
        known = is_view(checker, type_) or any(
            looks_elsewhere(checker, part) for part in _parts(checker, type_)
        )
        checker.viewing[type_.struct] = known
    return known


def _parts(checker: "Checker", type_: ir.StructType) -> list[ir.StructType]:
    """List what a struct is made of: its fields, and what its parameters say of what it owns elsewhere."""
    instance = checker.types.struct_of(type_)
    inner = [field.type for field in instance.fields]
    inner += [value for value in instance.parameters.values() if isinstance(value, ir.StructType)]
    return [part for part in inner if isinstance(part, ir.StructType)]
