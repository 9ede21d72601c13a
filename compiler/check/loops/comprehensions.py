"""Comprehensions: loops that fill a List, Set or Dict, which is the expression's value."""

from collections.abc import Callable, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, displays, expressions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import calls, construction
from meshnode.compiler.check.loops import loops
from meshnode.compiler.check.values import Fresh, Functions, Given, Stored, Value
from meshnode.compiler.parse import tree

_STRUCTS = {"list": "List", "set": "Set", "dictionary": "Dict"}
_PARAMETERS = {"list": ("T",), "set": ("T",), "dictionary": ("K", "V")}
_METHODS = {"list": "append", "set": "add", "dictionary": "__setitem__"}


def build(body: Body, node: tree.Comprehension, expected: ir.Type | None) -> Value:
    """Evaluate a comprehension; what is expected tells the elements' type, else the element does."""
    type_ = _expected_type(body, node, expected) or _natural_type(body, node)
    target = construction.construct(body, type_, {}, node.span)
    receiver = Stored(target, is_mutable=True)
    name = _METHODS[node.kind]
    methods = body.checker.types.methods_of(type_)[name]
    functions = Functions(name, methods, receiver=receiver, struct=type_)
    wanted = _element_types(body, node, type_)

    def add() -> None:
        with body.statement(node.element.span):
            parts = _parts(node)
            values = expressions.infer_all(body, parts, wanted)
            given: list[Given] = [
                (None, value, part.span) for value, part in zip(values, parts, strict=True)
            ]
            calls.call_values(body, functions, given, node.element.span)

    _nest(body, node, node.clauses, add)
    return Fresh(target)


def _parts(node: tree.Comprehension) -> Sequence[tree.Expression]:
    element = node.element
    return (element.key, element.value) if isinstance(element, tree.Entry) else (element,)


def _expected_type(
    body: Body, node: tree.Comprehension, expected: ir.Type | None
) -> ir.StructType | None:
    if not isinstance(expected, ir.StructType):
        return None
    symbol = body.checker.types.struct_of(expected).symbol
    return expected if symbol is body.checker.symbols.prelude[_STRUCTS[node.kind]] else None


def _element_types(
    body: Body, node: tree.Comprehension, type_: ir.StructType
) -> Sequence[ir.Type | None]:
    parameters = body.checker.types.struct_of(type_).parameters
    found = [parameters[name] for name in _PARAMETERS[node.kind]]
    return [value if isinstance(value, ir.Type) else None for value in found]


def _natural_type(body: Body, node: tree.Comprehension) -> ir.StructType:
    """Give the type that the elements make, found by a look at them inside of the loops."""
    types: list[ir.Type] = []

    def look() -> None:
        parts = _parts(node)
        values = expressions.infer_all(body, parts)
        for value, part in zip(values, parts, strict=True):
            types.append(conversions.natural_type(body, value, part.span))

    body.imagine(lambda: _nest(body, node, node.clauses, look))
    parameters = dict(zip(_PARAMETERS[node.kind], types, strict=True))
    return displays.library_instance(body, _STRUCTS[node.kind], parameters, node.span)


def _nest(
    body: Body,
    node: tree.Comprehension,
    clauses: Sequence[tree.ForClause],
    run: Callable[[], None],
) -> None:
    """Emit the loops of the clauses, each inside of the one before, around `run`."""
    clause, *others = clauses
    inside = [c.iterable for c in others] + [e for c in clauses for e in c.conditions]
    mentioned = [*_parts(node), *inside]
    loop = tree.For(
        clause.span,
        clause.convention,
        clause.targets,
        clause.iterable,
        tuple(tree.ExpressionStatement(part.span, part) for part in mentioned),
        (),
        is_comptime=False,
    )

    def inner() -> None:
        _filter(
            body, clause.conditions, lambda: _nest(body, node, others, run) if others else run()
        )

    loops.for_each(body, loop, inner)


def _filter(body: Body, conditions: Sequence[tree.Expression], run: Callable[[], None]) -> None:
    """Emit `run` under all conditions."""
    if not conditions:
        run()
        return
    first, *others = conditions
    condition = body.stable_expr(conversions.to_condition(body, first), first.span)
    before = dict(body.flow) if body.flow is not None else None
    block = body.nested(lambda: _filter(body, others, run), first.span)
    body.flow = before
    body.emit(ir.If(condition, block, (), body.env.span(first.span)))
