"""What an iterable's iterator and items are: `__Iterator[C]` and `__Item[C]` in the prelude's signatures."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check.types import types
from meshnode.compiler.check.values import Env, type_name
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker

NAMES = ("__Iterator", "__Item")


def resolve(checker: "Checker", env: Env, name: str, argument: tree.Expression) -> ir.Type:
    """Give the type of `iter(x)`, or of what it gives, for an x of the type that is written."""
    iterable = types.resolve_type(checker, env, argument)
    iterator = _result(checker, env, iterable, "__iter__", argument)
    if iterator is None:
        iterator = iterable
    if name == "__Iterator":
        return iterator
    item = _result(checker, env, iterator, "__next__", argument)
    if item is None:
        shown = type_name(iterable)
        env.fail(Code.TYPE, f"'{shown}' does not implement '__iter__'", argument.span)
    return item


def _result(
    checker: "Checker", env: Env, owner: ir.Type, name: str, node: tree.Expression
) -> ir.Type | None:
    """Give the type of a method's result, without the pointer of a reference; None if there is no such method."""
    methods = checker.types.methods_of(owner).get(name)
    if not methods:
        return None
    written = methods[0].node.result
    if written is None:
        env.unsupported(f"'{name}' without a result", node.span)
    if isinstance(written, tree.ReferenceType):
        written = written.referent
    home = checker.signatures.env_of(methods[0], owner, {})
    found = types.resolve_type(checker, home, written)
    return found.pointee if isinstance(found, ir.PointerType) else found
