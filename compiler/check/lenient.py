"""What a program in older Mojo may leave out or mix: read as its one meaning, with a warning of today's spelling.

Each function here is asked where today's rules have found nothing, and does nothing if the program is read strictly.
The spellings that the tree alone shows are in parse/old_spellings.py and parse/modernise.py.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions, operators
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.types import arrays
from meshnode.compiler.check.values import (
    Env,
    Fresh,
    ListItems,
    Nothing,
    Operand,
    Scalar,
    Stored,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code, Diagnostic, Severity
from meshnode.compiler.names.symbols import Symbol
from meshnode.compiler.parse import tree, tree_walk

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker

_NEW_NAMES: Mapping[str, str] = {
    "str": "String",
    "int": "Int",
    "float": "Float64",
    "bool": "Bool",
    "InlineArray": "Array",
    "DynamicVector": "List",
    "CollectionElement": "Copyable",
    "ExplicitlyCopyable": "Copyable",
    "EqualityComparable": "Equatable",
    "Stringable": "Writable",
    "Representable": "Writable",
}
"""Names of the library that were changed."""

REQUIRE_TRAIT = "requireTrait"
"""A function of the first prototype's library: checks that a value has methods."""


def warn(checker: "Checker", env: Env, message: str, extent: tree.Extent) -> None:
    """Tell today's spelling, unless it concerns the prelude."""
    if not env.module.is_prelude:
        checker.warn(Diagnostic(Code.REMOVED, message, env.span(extent), Severity.WARNING))


def library_symbol(checker: "Checker", env: Env, node: tree.Name) -> Symbol | None:
    """Find a name that stands in a library module and was not imported, or has a new name."""
    if checker.is_strict or env.module.is_prelude:
        return None
    for module, names in checker.symbols.library.items():
        if node.name in names:
            message = f"'{node.name}' needs 'from {module} import {node.name}'"
            warn(checker, env, message, node.span)
            return names[node.name]
    return None


def new_name(checker: "Checker", env: Env, node: tree.Name) -> tree.Name | None:
    """Give today's name of what had another one."""
    name = _NEW_NAMES.get(node.name)
    if name is None or checker.is_strict:
        return None
    warn(checker, env, f"'{node.name}' is now '{name}'", node.span)
    return tree.Name(node.span, name)


def may_raise(body: Body) -> None:
    """Note that a function that may raise does not say so: it will be checked again as one that does."""
    if not body.checker.is_strict and not body.env.module.is_prelude:
        body.checker.note_raising()


def promote(body: Body, left: Operand, right: Operand) -> tuple[Value, Value]:
    """Convert the integer of an integer and a float to the float's type."""
    a, b = left[0], right[0]
    types = (conversions.type_of(a), conversions.type_of(b))
    if body.checker.is_strict or {type(type_) for type_ in types} != {ir.IntType, ir.FloatType}:
        return a, b
    index = 0 if isinstance(types[0], ir.IntType) else 1
    target = types[1 - index]
    shown = type_name(target)
    operand, extent = (left, right)[index]
    message = f"'{type_name(types[index])}' and '{shown}' do not mix; write '{shown}(…)'"
    warn(body.checker, body.env, message, extent)
    converted = Scalar(
        ir.Convert(conversions.to_scalar(body, operand, types[index], extent), target)
    )
    return (converted, b) if index == 0 else (a, converted)


_GROWING = frozenset(["append", "extend", "insert", "pop", "clear", "resize", "reserve", "reverse"])
"""What Lists can do and Arrays cannot."""


def is_list_display(body: Body, name: tree.Name, value: ListItems) -> bool:
    """Tell whether a variable that starts with a display is used as a List, which older Mojo's displays were."""
    if not value.node.elements or name.name not in body.grown():
        return False
    message = f"a display is an Array today; write 'var {name.name}: List[…] = […]'"
    warn(body.checker, body.env, message, name.span)
    return True


def grown_names(node: tree.Function) -> frozenset[str]:
    """List the variables whose List methods a function calls."""
    return frozenset(
        found.base.name
        for found in tree_walk.nodes_in(node.body, tree.Attribute)
        if found.name in _GROWING and isinstance(found.base, tree.Name)
    )


def is_array_for_list(body: Body, value: Value, target: ir.Type) -> bool:
    """Tell whether an Array stands where a List of the same elements is wanted, which older Mojo's displays were."""
    if body.checker.is_strict or not isinstance(value, Stored | Fresh):
        return False
    parts = arrays.parts_of(body, value.place.type)
    return parts is not None and parts[0] == body.checker.types.element_of(target)


def array_as_list(body: Body, value: Value, target: ir.Type, extent: tree.Extent) -> Value | None:
    """Copy an Array into the List that is wanted; None if this is something else."""
    if not is_array_for_list(body, value, target):
        return None
    message = "a display is an Array today; give the variable a type: 'var x: List[…] = […]'"
    warn(body.checker, body.env, message, extent)
    return operators.call_prelude(body, "_array_as_list", [value], extent)


def is_require_trait(body: Body, node: tree.Call) -> bool:
    """Tell whether a call is one of the prototype's `requireTrait(value, ["method", …])`."""
    return (
        not body.checker.is_strict
        and isinstance(node.callee, tree.Name)
        and node.callee.name == REQUIRE_TRAIT
        and body.lookup(REQUIRE_TRAIT) is None
        and REQUIRE_TRAIT not in body.env.module.names
    )


def require_trait(body: Body, node: tree.Call) -> Value:
    """Check that a value has all methods of a list of names."""
    match [argument.value for argument in node.arguments]:
        case [value, tree.ListLiteral(elements=names)]:
            pass
        case _:
            body.env.fail(Code.CALL, "'requireTrait' takes a value and a list of names", node.span)
    found = conversions.to_value(body, expressions.infer(body, value), None, value.span)
    type_ = conversions.type_of(found)
    for name in names:
        if not isinstance(name, tree.String) or name.value not in body.checker.types.methods_of(
            type_
        ):
            shown = name.value if isinstance(name, tree.String) else "…"
            body.env.fail(Code.TYPE, f"'{type_name(type_)}' has no method '{shown}'", name.span)
    warn(
        body.checker,
        body.env,
        "'requireTrait' is no function of Mojo; declare the trait and bound the parameter by it",
        node.span,
    )
    return Nothing()
