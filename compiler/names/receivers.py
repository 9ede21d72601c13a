"""What a method must take before its own arguments: `self`, or `out self` if it makes the value."""

import msgspec

from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree


class ReceiverFault(msgspec.Struct, frozen=True):
    """What is wrong, and what to write instead."""

    message: str
    suggestion: str


def receiver_fault(symbol: FunctionSymbol) -> ReceiverFault | None:
    """Tell what is wrong with the first argument of a method of the program's own, if something is."""
    node, struct = symbol.node, symbol.struct
    if struct is None or symbol.module.is_prelude or is_static(node):
        return None
    written = [parameter for parameter in node.parameters if parameter.kind != "slash"]
    if node.name.name == "__init__":
        if any(parameter.convention == "out" for parameter in written):
            return None
        suggestion = "write 'out self' as the first argument"
        return ReceiverFault("'__init__' must return 'Self' with an 'out' argument", suggestion)
    arguments = [parameter for parameter in written if parameter.convention != "out"]
    suggestion = "write 'self' as the first argument, or '@staticmethod' above the method"
    if not arguments:
        return ReceiverFault("self argument must be present in instance method", suggestion)
    first = arguments[0]
    if first.kind != "normal" or not _may_be_self(first.annotation, struct.node.name.name):
        return ReceiverFault("'self' argument must have type 'Self'", suggestion)
    return None


def is_static(node: tree.Function) -> bool:
    """Tell whether a method is called without a value."""
    return any(
        isinstance(decorator, tree.Name) and decorator.name == "staticmethod"
        for decorator in node.decorators
    )


def _may_be_self(annotation: tree.Expression | None, struct: str) -> bool:
    match annotation:
        case None:
            return True
        case tree.Name(name=name):
            return name in ("Self", struct)
        case tree.Subscript(base=base):
            return _may_be_self(base, struct)
        case _:
            return False
