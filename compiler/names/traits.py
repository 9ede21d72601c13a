"""Traits as written: what they inherit, require and give; structs receive the methods that they do not write.

This happens once, when all imports are known and before anything is checked.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from meshnode.compiler.names.declared import declared_function
from meshnode.compiler.names.known_names import TRAIT_PARENTS, TRAITS
from meshnode.compiler.names.symbols import (
    ConstantSymbol,
    FunctionSymbol,
    ModuleSymbols,
    StructSymbol,
    Symbol,
    TraitSymbol,
)
from meshnode.compiler.parse import tree


class Conformance(msgspec.Struct, frozen=True):
    """A trait in a struct's list, or one that such a trait inherits."""

    name: str
    trait: TraitSymbol | None
    """None for built-in ones."""
    condition: tree.Expression | None


def named_traits(
    module: ModuleSymbols,
    node: tree.Expression | None,
    condition: tree.Expression | None = None,
    within: tuple[ConstantSymbol, ...] = (),
) -> Iterator[Conformance]:
    """Give the traits that an expression such as `Shape & Copyable` names; what is no name is left out.

    `within` are the `comptime` names that led here, so that those which name each other come to an end.
    """
    match node:
        case tree.Name(name=name):
            symbol = module.names.get(name)
            if isinstance(symbol, ConstantSymbol):
                if symbol not in within:
                    inner = (*within, symbol)
                    yield from named_traits(symbol.module, symbol.node.value, condition, inner)
            else:
                trait = symbol if isinstance(symbol, TraitSymbol) else None
                yield Conformance(name, trait, condition)
        case tree.Binary(op="&", left=left, right=right):
            yield from named_traits(module, left, condition, within)
            yield from named_traits(module, right, condition, within)
        case tree.Where(conformance=conformance, condition=where):
            yield from named_traits(module, conformance, where, within)
        case _:
            pass


def is_composition(symbol: ConstantSymbol) -> bool:
    """Tell whether a `comptime` name stands for traits: `comptime Both = Shape & Copyable`."""
    named = list(named_traits(symbol.module, symbol.node.value))
    return any(item.trait is not None or item.name in TRAITS for item in named)


def with_inherited(
    module: ModuleSymbols, nodes: Sequence[tree.Expression]
) -> Mapping[str, Conformance]:
    """Give all traits of a list, the inherited ones included, by name; an unconditional one wins."""
    found: dict[str, Conformance] = {}
    waiting = [conformance for node in nodes for conformance in named_traits(module, node)]
    while waiting:
        item = waiting.pop(0)
        present = found.get(item.name)
        if present is not None and (present.condition is None or item.condition is not None):
            continue
        found[item.name] = item
        if item.trait is None:
            parents = TRAIT_PARENTS.get(item.name, ())
            waiting += [Conformance(parent, None, item.condition) for parent in parents]
            continue
        for node in item.trait.node.traits:
            waiting += named_traits(item.trait.module, node, item.condition)
    return found


def is_requirement(method: tree.Function) -> bool:
    """Tell whether a trait's method has no body: `...`."""
    match method.body:
        case (tree.ExpressionStatement(value=tree.Dots()),):
            return True
        case (
            tree.ExpressionStatement(value=tree.String()),
            tree.ExpressionStatement(value=tree.Dots()),
        ):
            return True
        case _:
            return False


def complete_structs(symbols: Mapping[str, Symbol]) -> None:
    """Give the structs of a module their traits and the methods that these bring."""
    for symbol in symbols.values():
        if isinstance(symbol, StructSymbol) and not symbol.conformances:
            _complete(symbol)


def _complete(symbol: StructSymbol) -> None:
    found = with_inherited(symbol.module, symbol.node.traits)
    symbol.conformances = tuple(found.values())
    symbol.traits = frozenset(found)
    for conformance in found.values():
        if conformance.trait is None:
            continue
        for method in conformance.trait.node.methods:
            if not is_requirement(method):
                _add_default(symbol, conformance.trait, declared_function(method))


def _add_default(symbol: StructSymbol, trait: TraitSymbol, method: tree.Function) -> None:
    """Add a default method, unless the struct has one like it."""
    present = symbol.methods.setdefault(method.name.name, [])
    if any(is_alike(function.node, method) for function in present):
        return
    present.append(FunctionSymbol(trait.module, method, symbol))
    for function in present:
        function.overload_count = len(present)


def is_alike(left: tree.Function, right: tree.Function) -> bool:
    """Tell whether two methods take the same arguments, as far as their names or number show."""
    first = [p for p in left.parameters if p.kind != "slash" and p.convention != "out"]
    second = [p for p in right.parameters if p.kind != "slash" and p.convention != "out"]
    return len(first) == len(second)
