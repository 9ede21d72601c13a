"""Which names of its surroundings a nested function uses, read off its tree; nothing is looked up here."""

from collections.abc import Iterator, Sequence

import msgspec

from meshnode.compiler.parse import tree


def free_names(function: tree.Function) -> dict[str, tree.Name]:
    """Give the names that a nested function uses and does not define, each with its first use."""
    own = {parameter.name for parameter in function.parameters}
    own |= {parameter.name for parameter in function.type_parameters}
    own |= set(_defined(function.body))
    found: dict[str, tree.Name] = {}
    signature = (function.parameters, function.type_parameters, function.result, function.error)
    for name in (*_names(function.body), *_names(signature)):
        if name.name not in own:
            found.setdefault(name.name, name)
    return found


def as_function(node: tree.Lambda, name: str) -> tree.Function:
    """Write a lambda as the nested function that it is."""
    body: tree.Statement = tree.Return(node.value.span, node.value)
    if node.result is None or isinstance(node.result, tree.NoneLiteral):
        body = tree.ExpressionStatement(node.value.span, node.value)
    return tree.Function(
        node.span,
        tree.Name(node.span, name),
        (),
        node.parameters,
        node.raises,
        node.result,
        (body,),
        (),
        node.error,
        node.captures,
    )


def _names(part: object) -> Iterator[tree.Name]:
    """Walk the names that a part of a tree uses; what a function inside defines is its own."""
    match part:
        case tree.Name():
            yield part
        case tree.Function():
            yield from free_names(part).values()
            yield from _captured(part.captures or (), part.span)
        case tree.Lambda():
            yield from free_names(as_function(part, "lambda")).values()
            yield from _captured(part.captures or (), part.span)
        case tree.Argument():
            yield from _names(part.value)
        case tuple():
            for child in part:
                yield from _names(child)
        case msgspec.Struct():
            for field in part.__struct_fields__:
                yield from _names(getattr(part, field))
        case _:
            pass


def _captured(captures: Sequence[tree.Capture], extent: tree.Extent) -> Iterator[tree.Name]:
    for capture in captures:
        if capture.name is not None:
            yield tree.Name(extent, capture.name)


def _defined(part: object) -> Iterator[str]:
    """Walk the names that the statements of a function define for themselves."""
    match part:
        case tree.Function(name=name):
            yield name.name
        case tree.Lambda():
            pass
        case tuple():
            for child in part:
                yield from _defined(child)
        case msgspec.Struct():
            yield from _defined_by(part)
            for field in part.__struct_fields__:
                yield from _defined(getattr(part, field))
        case _:
            pass


def _defined_by(node: msgspec.Struct) -> Iterator[str]:
    """Give the names that one node defines by itself."""
    match node:
        case tree.Declare(names=names) | tree.For(targets=names) | tree.ForClause(targets=names):
            yield from _targets(names)
        case (
            tree.BindReference(name=tree.Name(name=name)) | tree.Comptime(name=tree.Name(name=name))
        ):
            yield name
        case tree.Try(error=tree.Name(name=name)) | tree.WithItem(name=tree.Name(name=name)):
            yield name
        case tree.Case(pattern=pattern):
            yield from _bound(pattern)
        case _:
            pass


def _bound(pattern: object) -> Iterator[str]:  # noqa: C901 - one case a pattern
    """Walk the names that a pattern binds; what it compares with is looked up outside."""
    match pattern:
        case tree.Unary(op="=="):
            pass
        case tree.Name(name=name):
            yield name
        case tree.Argument(value=value):
            yield from _bound(value)
        case tree.Call(arguments=arguments):
            yield from _bound(arguments)
        case tree.Attribute() | tree.Subscript():
            pass
        case tuple():
            for child in pattern:
                yield from _bound(child)
        case tree.Tuple(elements=elements) | tree.ListLiteral(elements=elements):
            yield from _bound(elements)
        case tree.Unary(operand=operand):
            yield from _bound(operand)
        case tree.Binary(left=left, right=right):
            yield from _bound((left, right))
        case _:
            pass


def _targets(targets: Sequence[tree.Target]) -> Iterator[str]:
    for target in targets:
        match target:
            case tree.NestedTarget(targets=inner):
                yield from _targets(inner)
            case tree.ReferenceTarget(name=name):
                yield name.name
            case tree.Name(name=name):
                yield name
