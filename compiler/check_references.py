"""Functions of the prelude that give a place by its address."""

from meshnode.compiler import ir, tree
from meshnode.compiler.check_arguments import Gathered
from meshnode.compiler.check_values import Given, Stored, Value
from meshnode.compiler.symbols import FunctionSymbol


def is_reference(symbol: FunctionSymbol) -> bool:
    """Tell whether a function of the prelude gives a place by its address, which `@__reference` says."""
    return symbol.module.is_prelude and any(
        isinstance(decorator, tree.Name) and decorator.name == "__reference"
        for decorator in symbol.node.decorators
    )


def referred(target: ir.LocalPlace, given: Given | Gathered | None) -> Value:
    """Give the place that a function pointed to: it may be changed if the first argument may."""
    assert isinstance(target.type, ir.PointerType)
    owner = given[1] if isinstance(given, tuple) else None
    place = ir.PointeePlace(ir.Load(target, target.type), target.type.pointee)
    return Stored(place, is_mutable=not isinstance(owner, Stored) or owner.is_mutable)
