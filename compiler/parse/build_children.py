"""What the grammar rules hand to the tree builders, and how builders read it."""

from collections.abc import Sequence
from typing import TypeAlias, cast

import msgspec

from meshnode.compiler.parse import tree
from meshnode.compiler.parse.lexer import Token

Child: TypeAlias = object
"""A token, a node, a tuple of these, or None for an absent optional."""


class BuildError(Exception):
    """A phrase that the grammar accepts and the language does not."""

    def __init__(self, message: str, extent: tree.Extent) -> None:
        super().__init__(message)
        self.message = message
        self.extent = extent


def join_extents(first: tree.Extent, last: tree.Extent) -> tree.Extent:
    """Give the extent from the first to the last."""
    return (first[0], first[1], last[2], last[3])


def extent_of(node: Child) -> tree.Extent:
    """Give the extent of a token, a node or a tuple of nodes."""
    if isinstance(node, tuple) and not isinstance(node, Token):
        return join_extents(extent_of(node[0]), extent_of(node[-1]))
    if isinstance(node, Token):
        return node[2:6]
    return cast("tree.Node", node).span


def header_extent(extent: tree.Extent, *parts: Child) -> tree.Extent:
    """Give the extent from a statement's start to the last of its header's parts."""
    stop: tree.Extent = (*extent[:2], extent[0], extent[1] + 1)
    for part in parts:
        if part:
            stop = extent_of(part)
    return join_extents(extent, stop)


def name_node(token: Child) -> tree.Name:
    """Make a name of a token."""
    assert isinstance(token, Token)
    return tree.Name(token[2:6], token.text)


def items(value: Child) -> tuple[Child, ...]:
    """Give an optional tuple as a tuple; what stands for nothing between brackets is left out."""
    if not value or value == (None,):
        return ()
    return cast("tuple[Child, ...]", value)


def positional_argument(value: Child) -> tree.Argument:
    """Make an argument without keyword."""
    node = expression(value)
    return tree.Argument(node.span, None, node)


def statements(children: Sequence[Child]) -> tuple[tree.Statement, ...]:
    """Give statements; the tokens between them are dropped."""
    kept = tuple(child for child in children if not isinstance(child, Token))
    return cast("tuple[tree.Statement, ...]", kept)


def expression(child: Child) -> tree.Expression:
    """Take a child for the expression that the grammar says it is."""
    return cast("tree.Expression", child)


def optional(child: Child) -> tree.Expression | None:
    """Take a child for an expression or None."""
    return cast("tree.Expression | None", child)


def body_of(child: Child) -> tuple[tree.Statement, ...]:
    """Take a child for a block, or none."""
    return cast("tuple[tree.Statement, ...]", items(child))


def elements_of(child: Child) -> tuple[tree.Expression, ...]:
    """Give the expressions of one or more that stand with commas."""
    node = expression(child)
    return node.elements if isinstance(node, tree.Tuple) else (node,)


class Effects(msgspec.Struct, frozen=True):
    """What stands between a function's parameters and its result."""

    words: tuple[str, ...]
    """`raises`, `thin`, `capturing`, …"""
    error: tree.Expression | None
    """The type after `raises`."""

    @property
    def raises(self) -> bool:
        """Tell whether `raises` is among them."""
        return "raises" in self.words


def convention_of(child: Child) -> tuple[str | None, tuple[tree.Expression, ...]]:
    """Give a parameter's convention, with the origins of `ref [origins]`."""
    found = cast("tuple[str, tuple[tree.Expression, ...]] | None", child)
    return (None, ()) if found is None else found


def loop_targets(convention: Child, targets: Child) -> tuple[str | None, tuple[tree.Target, ...]]:
    """Give a loop's convention and targets; a `ref` before the first target is the convention of all."""
    mode = convention_of(convention)[0]
    first, *others = cast("tuple[tree.Target, ...]", targets)
    if mode is None and isinstance(first, tree.ReferenceTarget):
        return "ref", (first.name, *others)
    return mode, (first, *others)


def name_of(child: Child) -> str:
    """Take an expression for the name that the language wants."""
    if not isinstance(child, tree.Name):
        raise BuildError("expected a name before ':'", extent_of(child))
    return child.name


def is_star(child: Child) -> bool:
    """Tell whether a child is the star before a parameter."""
    return isinstance(child, Token) and child.kind in ("STAR", "POWER")
