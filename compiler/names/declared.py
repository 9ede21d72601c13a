"""What a definition declares, in the form that the checker works with: markers and shorthands are spelt out.

`[A, //, B, *, c: Int]` becomes four parameters less the markers, whose `kind` tells how each may be given: "normal",
"inferred" (by keyword only, or from the arguments), "keyword", "star" (a pack). `x: Some[Shape]` becomes `x: $x` with
a parameter `$x: Shape`, which nobody can write.
"""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from meshnode.compiler.names import open_vectors
from meshnode.compiler.parse import tree

Definition = TypeVar("Definition", tree.Struct, tree.Trait, tree.Comptime)

_CONCRETE = ("Hasher",)
"""Traits with one struct that conforms to them here, so that `Some[Hasher]` is no parameter but that struct."""


def declared(node: Definition) -> Definition:
    """Give a definition with its parameters spelt out."""
    return msgspec.structs.replace(node, type_parameters=_without_markers(node.type_parameters))


def declared_function(node: tree.Function) -> tree.Function:
    """Give a function with its parameters spelt out, those of its `Some[…]` and open vector arguments included."""
    parameters = _without_markers(node.type_parameters)
    arguments = tuple(_without_some(parameter) for parameter in node.parameters)
    pairs = zip(node.parameters, arguments, strict=True)
    hidden = tuple(_hidden(old) for old, new in pairs if old != new)
    spelt_out = msgspec.structs.replace(
        node, parameters=arguments, type_parameters=(*parameters, *hidden)
    )
    return open_vectors.closed(spelt_out)


def _without_markers(parameters: Sequence[tree.TypeParameter]) -> tuple[tree.TypeParameter, ...]:
    result: list[tree.TypeParameter] = []
    kind = "normal"
    for parameter in parameters:
        match parameter.kind:
            case "inferred":
                result = [msgspec.structs.replace(p, kind="inferred") for p in result]
            case "star" if parameter.name:
                result.append(parameter)
                kind = "keyword"
            case "star":
                kind = "keyword"
            case "slash":
                pass
            case _:
                result.append(msgspec.structs.replace(parameter, kind=kind))
    return tuple(result)


def _bounds(node: tree.Expression | None) -> Sequence[tree.Argument] | None:
    """Give what stands in `Some[…]`; None for other annotations."""
    match node:
        case tree.Subscript(base=tree.Name(name="Some"), arguments=arguments):
            values = [argument.value for argument in arguments]
            names = [bound.name for bound in values if isinstance(bound, tree.Name)]
            return None if len(names) == 1 and names[0] in _CONCRETE else arguments
        case _:
            return None


def _without_some(parameter: tree.FunctionParameter) -> tree.FunctionParameter:
    annotation = parameter.annotation
    if annotation is None or _bounds(annotation) is None:
        return parameter
    name = tree.Name(annotation.span, f"${parameter.name}")
    return msgspec.structs.replace(parameter, annotation=name)


def _hidden(parameter: tree.FunctionParameter) -> tree.TypeParameter:
    assert parameter.annotation is not None
    first, *others = _bounds(parameter.annotation) or ()
    bound = first.value
    for other in others:
        bound = tree.Binary(other.span, "&", bound, other.value)
    return tree.TypeParameter(parameter.span, f"${parameter.name}", bound, None, "keyword")
