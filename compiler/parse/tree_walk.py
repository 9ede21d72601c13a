"""Walking over trees of whatever nodes."""

from collections.abc import Iterator
from typing import TypeVar

from meshnode.compiler.parse import tree

NodeType = TypeVar("NodeType", bound=tree.Node)


def nodes_in(root: object, kind: type[NodeType]) -> Iterator[NodeType]:
    """List all nodes of a kind at and below a node, or below a tuple of nodes."""
    stack: list[object] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, kind):
            yield item
        if isinstance(item, tuple):
            stack += item
        elif isinstance(item, tree.Node):
            _span, *fields = item.__struct_fields__
            stack += [getattr(item, name) for name in fields]
