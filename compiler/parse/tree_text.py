"""A tree as text, one node a line: its kind, its place, and the words and numbers that it holds; for people only."""

from collections.abc import Iterator

from meshnode.compiler.parse import tree

_INDENT = "  "


def tree_text(module: tree.Module) -> str:
    """Write a module's tree, children indented below their node."""
    return "".join(f"{line}\n" for statement in module.body for line in _lines(statement, "", 0))


def _lines(node: tree.Node, role: str, depth: int) -> Iterator[str]:
    line, column, *_ = node.span
    words: list[str] = []
    children: list[tuple[str, tree.Node]] = []
    for field in node.__struct_fields__:
        value = getattr(node, field)
        if isinstance(value, tree.Node):
            children.append((field, value))
        elif isinstance(value, tuple) and field != "span":
            nodes = [(field, item) for item in value if isinstance(item, tree.Node)]
            children += nodes
            words += [f"{field}={value}"] if value and not nodes else []
        elif field != "span" and value is not None and value is not False:
            words.append(f"{field}={value!r}")
    label = f"{role}: " if role else ""
    shown = " ".join(["", *words])
    yield f"{_INDENT * depth}{label}{type(node).__name__} {line}:{column}{shown}"
    for name, child in children:
        yield from _lines(child, name, depth + 1)
