"""Arguments that leave their vector open (`v: SIMD`, `x: Scalar`, `v: SIMD[DType.float32, _]`) make a function generic.

Each gap becomes a parameter of its own, named for the argument (`v.dtype`, `v.length`), which is found from the call as
any other; the source may name it so. Nothing here knows what the types mean.
"""

import msgspec

from meshnode.compiler.parse import tree

_NAMES = ("dtype", "length")
_BOUNDS = {"dtype": "DType", "length": "SIMDLength"}


def closed(function: tree.Function) -> tree.Function:
    """Give the function with a parameter for each gap."""
    added: list[tree.TypeParameter] = []
    arguments: list[tree.FunctionParameter] = []
    for argument in function.parameters:
        annotation = argument.annotation
        gaps = _gaps(annotation)
        for name in gaps:
            bound = tree.Name(argument.span, _BOUNDS[name])
            full_name = f"{argument.name}.{name}"
            added.append(tree.TypeParameter(argument.span, full_name, bound, None, "keyword"))
        if annotation is not None and gaps:
            filled = _filled(argument.name, annotation)
            arguments.append(msgspec.structs.replace(argument, annotation=filled))
        else:
            arguments.append(argument)
    if not added:
        return function
    return msgspec.structs.replace(
        function,
        type_parameters=(*function.type_parameters, *added),
        parameters=tuple(arguments),
    )


def _parts(annotation: tree.Expression | None) -> tuple[str, dict[str, tree.Expression]] | None:
    """Give `SIMD` or `Scalar`, and what is written for its parameters; None for other annotations."""
    base = annotation.base if isinstance(annotation, tree.Subscript) else annotation
    if not isinstance(base, tree.Name) or base.name not in {"SIMD", "Scalar"}:
        return None
    written: dict[str, tree.Expression] = {}
    if isinstance(annotation, tree.Subscript):
        positional = iter(_NAMES)
        for argument in annotation.arguments:
            name = argument.name or next(positional, None)
            if name is not None:
                written[name] = argument.value
    return base.name, written


def _gaps(annotation: tree.Expression | None) -> list[str]:
    parts = _parts(annotation)
    if parts is None:
        return []
    kind, written = parts
    names = _NAMES if kind == "SIMD" else _NAMES[:1]
    return [name for name in names if name not in written or _is_gap(written[name])]


def _is_gap(node: tree.Expression) -> bool:
    return isinstance(node, tree.Dots) or (isinstance(node, tree.Name) and node.name == "_")


def _filled(name: str, annotation: tree.Expression) -> tree.Expression:
    parts = _parts(annotation)
    assert parts is not None
    kind, written = parts
    values = {gap: tree.Name(annotation.span, f"{name}.{gap}") for gap in _gaps(annotation)}
    arguments = tuple(
        tree.Argument(annotation.span, parameter, values.get(parameter) or written[parameter])
        for parameter in (_NAMES if kind == "SIMD" else _NAMES[:1])
    )
    return tree.Subscript(annotation.span, tree.Name(annotation.span, kind), arguments)
