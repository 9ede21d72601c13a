"""Definitions in the spelling of older Mojo, rewritten to today's; the words alone are in old_spellings.py.

One pass over the definitions of a module: structs with `@value`, `__copyinit__`, `__moveinit__` and `__del__`,
functions with parameters without a type. Each change is one finding that gives today's spelling.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import msgspec

from meshnode.compiler.diagnostic import Code, Diagnostic
from meshnode.compiler.ir import Span
from meshnode.compiler.parse import tree

_TRAITS_OF = {
    "value": ("Copyable", "Movable"),
    "register_passable": ("ImplicitlyCopyable", "Movable"),
}
_METHODS = {
    "__copyinit__": ("copy", "'__copyinit__' is written '__init__(out self, *, copy: Self)'"),
    "__moveinit__": (
        "move",
        "'__moveinit__' is written '__init__(out self, *, deinit move: Self)'",
    ),
}

N = TypeVar("N", bound=tree.Node)

_Change = Callable[[tree.Statement], tree.Statement]


def modernise(module: tree.Module) -> tuple[tree.Module, list[Diagnostic]]:
    """Give a module as today's Mojo would have it written, and what was changed."""
    pass_ = _Modernise(module.file)
    body = tuple(pass_.statement(statement) for statement in module.body)
    return tree.Module(module.span, module.file, body), pass_.findings


UNTYPED = "$T_"
"""How the types of arguments without a type are called: as nobody can write."""


class _Modernise:
    """One module's pass."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Diagnostic] = []

    def statement(self, node: tree.Statement) -> tree.Statement:
        match node:
            case tree.Function():
                return self._function(node)
            case tree.Struct():
                return self._struct(node)
            case tree.Trait():
                methods = tuple(self._function(method) for method in node.methods)
                return msgspec.structs.replace(node, methods=methods)
            case _:
                return _map_blocks(node, self.statement)

    def _report(self, message: str, extent: tree.Extent) -> None:
        self.findings.append(Diagnostic(Code.REMOVED, message, Span(self.file, *extent)))

    def _struct(self, node: tree.Struct) -> tree.Struct:
        decorators: list[tree.Expression] = []
        traits = list(node.traits)
        for decorator in node.decorators:
            name = decorator.callee if isinstance(decorator, tree.Call) else decorator
            text = name.name if isinstance(name, tree.Name) else ""
            if text not in _TRAITS_OF:
                decorators.append(decorator)
                continue
            added = _TRAITS_OF[text]
            today = "@fieldwise_init and " if text == "value" else ""
            self._report(
                f"'@{text}' has been removed; write {today}the traits {' and '.join(added)}",
                decorator.span,
            )
            if text == "value":
                decorators.append(tree.Name(decorator.span, "fieldwise_init"))
            present = {trait.name for trait in traits if isinstance(trait, tree.Name)}
            traits += [tree.Name(decorator.span, t) for t in added if t not in present]
        methods = tuple(self._method(method) for method in node.methods)
        return msgspec.structs.replace(
            node, decorators=tuple(decorators), traits=tuple(traits), methods=methods
        )

    def _method(self, node: tree.Function) -> tree.Function:
        name = node.name.name
        if name == "__del__":
            self._report("'__del__' is written '__deinit__(deinit self)'", node.name.span)
            today = msgspec.structs.replace(node.name, name="__deinit__")
            first, *others = node.parameters
            parameters = (msgspec.structs.replace(first, convention="deinit"), *others)
            return self._function(msgspec.structs.replace(node, name=today, parameters=parameters))
        if name in _METHODS and len(node.parameters) == 2:  # noqa: PLR2004 - self and the other
            keyword, message = _METHODS[name]
            self._report(message, node.name.span)
            return self._function(_constructor_from(node, keyword))
        return self._function(node)

    def _function(self, node: tree.Function) -> tree.Function:
        untyped = [
            p
            for index, p in enumerate(node.parameters)
            if p.annotation is None and p.kind == "normal" and (index or p.name != "self")
        ]
        node = msgspec.structs.replace(
            node, body=tuple(self.statement(statement) for statement in node.body)
        )
        if not untyped:
            return node
        names = {p.name: UNTYPED + p.name for p in untyped}
        for parameter in untyped:
            message = (
                f"argument '{parameter.name}' has no type; it takes any, as '[T: AnyType]' would"
            )
            self._report(message, parameter.span)
        added = [
            tree.TypeParameter(p.span, names[p.name], tree.Name(p.span, "AnyType"), None, "normal")
            for p in untyped
        ]
        parameters = tuple(
            msgspec.structs.replace(p, annotation=tree.Name(p.span, names[p.name]))
            if p in untyped
            else p
            for p in node.parameters
        )
        return msgspec.structs.replace(
            node, type_parameters=(*node.type_parameters, *added), parameters=parameters
        )


def _constructor_from(node: tree.Function, keyword: str) -> tree.Function:
    """Make the copy or move constructor of an old one: the other object's name becomes `keyword`."""
    this, other = node.parameters
    convention = "deinit" if keyword == "move" else None
    star = tree.FunctionParameter(other.span, "", None, None, None, "star")
    renamed = msgspec.structs.replace(other, name=keyword, convention=convention)
    body = tuple(_rename(statement, other.name, keyword) for statement in node.body)
    return msgspec.structs.replace(
        node,
        name=msgspec.structs.replace(node.name, name="__init__"),
        parameters=(msgspec.structs.replace(this, convention="out"), star, renamed),
        body=body,
    )


def _rename(node: N, old: str, new: str) -> N:
    """Give a subtree with a name replaced."""
    if isinstance(node, tree.Name):
        return cast("N", tree.Name(node.span, new)) if node.name == old else node
    changes = {
        field: _rename_all(value, old, new)
        for field in node.__struct_fields__
        if isinstance(value := getattr(node, field), tree.Node | tuple) and field != "span"
    }
    return msgspec.structs.replace(node, **changes)


def _rename_all(value: object, old: str, new: str) -> object:
    if isinstance(value, tree.Node):
        return _rename(value, old, new)
    if isinstance(value, tuple):
        return tuple(_rename_all(item, old, new) for item in value)
    return value


def _map_blocks(node: tree.Statement, change: _Change) -> tree.Statement:
    """Give a statement with the statements inside it changed."""
    blocks = {
        field: tuple(change(statement) for statement in block)
        for field in ("body", "then", "otherwise", "handler", "final")
        if isinstance(block := getattr(node, field, None), tuple)
    }
    return msgspec.structs.replace(node, **blocks) if any(blocks.values()) else node
