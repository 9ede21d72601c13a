"""What somebody may have meant by a name that is unknown: habits from other languages, then names that look alike."""

from collections.abc import Iterable, Mapping, Sequence

_HABITS: Mapping[str, str] = {
    "true": "write 'True'",
    "false": "write 'False'",
    "null": "write 'None'",
    "nil": "write 'None'",
    "nullptr": "write 'None'",
    "undefined": "write 'None'",
    "this": "write 'self', the first argument of a method",
    "int": "write 'Int'",
    "float": "write 'Float64'",
    "double": "write 'Float64'",
    "bool": "write 'Bool'",
    "str": "write 'String'",
    "string": "write 'String'",
    "list": "write 'List[…]'",
    "dict": "write 'Dict[…, …]'",
    "set": "write 'Set[…]'",
    "tuple": "write 'Tuple[…]'",
    "void": "leave '-> void' out: a function without result says nothing",
    "println": "write 'print'",
    "printf": "write 'print'",
    "type": "write 'type_of'",
    "sum": "add the values in a loop",
    "np": "Python's packages cannot be used here",
}
PRINT_KEYWORDS = ("sep", "end", "flush", "file")
_PACKAGES = frozenset(
    ["numpy", "pandas", "torch", "scipy", "matplotlib", "requests", "json", "re", "numba", "sympy"]
)
_ATTRIBUTES: Mapping[tuple[str, str], str] = {
    ("Array", "append"): "an Array has a fixed length; declare 'var a: List[Int] = […]' to append",
    ("List", "push"): "write 'append'",
    ("List", "push_back"): "write 'append'",
    ("List", "add"): "write 'append'",
    ("List", "length"): "write 'len(…)'",
    ("List", "size"): "write 'len(…)'",
    ("String", "length"): "write 's.byte_length()' or 's.count_codepoints()'",
    ("String", "size"): "write 's.byte_length()' or 's.count_codepoints()'",
    ("String", "toUpperCase"): "write 'upper'",
    ("String", "toLowerCase"): "write 'lower'",
    ("Dict", "has_key"): "write 'key in dictionary'",
    ("Set", "append"): "write 'add'",
}


def name_hint(
    name: str, fields: Sequence[str] | None, local_names: Sequence[str], known: Sequence[str]
) -> str | None:
    """Suggest what an unknown name means; `fields` are those of the method's struct, None outside of structs."""
    if fields is not None and name == "self":
        return "write 'self' as the first argument of the method"
    if fields is not None and name in fields and "self" in local_names:
        return f"write 'self.{name}'"
    return _HABITS.get(name) or did_you_mean(name, local_names) or did_you_mean(name, known)


def type_hint(name: str, known: Iterable[str]) -> str | None:
    """Suggest another name of a type."""
    return _HABITS.get(name) or did_you_mean(name, known)


def print_hint(name: str) -> str | None:
    """Suggest another keyword of `print`."""
    return did_you_mean(name, PRINT_KEYWORDS)


def module_hint(module: str) -> str | None:
    """Suggest what to do about a module that nobody knows."""
    if module.split(".", maxsplit=1)[0] in _PACKAGES:
        return "Python's packages cannot be used here; the library's own modules are 'std.…'"
    return "a module of the program is a file 'NAME.mojo' beside it, or in a folder given with -I"


def attribute_hint(type_: str, name: str, names: Sequence[str]) -> str | None:
    """Suggest another attribute of a type."""
    return _ATTRIBUTES.get((type_.partition("[")[0], name)) or did_you_mean(name, names)


_ALIKE_MIN = 0.65
"""Of difflib's ratio: 'lne' is like 'len' (0.67), 'nothing' is not like 'String' (0.62)."""


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """Suggest the nearest of the names."""
    import difflib  # only needed for errors, and slow to load

    offered = [n for n in names if not n.startswith(("_", "$"))]
    close = difflib.get_close_matches(name, offered, n=1, cutoff=_ALIKE_MIN)
    return f"did you mean '{close[0]}'?" if close else None
