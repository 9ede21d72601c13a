"""What the checker itself understands when it is called: `print`, `len`, conversions, and the prelude's own names."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Callable, Mapping, Sequence

from meshnode.compiler import ir
from meshnode.compiler.check import (
    conversions,
    expressions,
    lenient,
    lifetimes,
    operators,
    templates,
    testing,
)
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.calls import (
    assertions,
    calls,
    construction,
    packs,
    prelude_names,
    writers,
)
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.loops import iterators
from meshnode.compiler.check.types import dtype_names, traits, vectors
from meshnode.compiler.check.types import dtypes as check_dtypes
from meshnode.compiler.check.values import (
    Builtin,
    Fresh,
    Known,
    Nothing,
    Pack,
    Scalar,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names import name_hints
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import FloatLiteral, IntLiteral, materialise

NAMES = frozenset(["print", "len", "iter", "next", "materialize", "conforms_to", "comptime"])
NAMES |= {"debug_assert", testing.FUNCTIONS}
"""Builtins that programs may call."""


def call(body: Body, builtin: Builtin, node: tree.Call, expected: ir.Type | None) -> Value:
    """Evaluate a call of a builtin."""
    if builtin.name.startswith(prelude_names.INTRINSIC_PREFIX):
        return prelude_names.intrinsic(body, builtin, node, expected)
    handler = (
        _HANDLERS.get(builtin.name)
        or prelude_names.HANDLERS.get(builtin.name)
        or vectors.HANDLERS.get(builtin.name)
        or testing.HANDLERS.get(builtin.name)
        or assertions.HANDLERS.get(builtin.name)
    )
    if handler is None:
        body.env.fail(Code.NAME, f"use of unknown declaration '{builtin.name}'", node.span)
    return handler(body, builtin, node)


def _print(body: Body, _: Builtin, node: tree.Call) -> Value:
    keywords = {argument.name: argument for argument in node.arguments if argument.name}
    for name, argument in keywords.items():
        if name not in name_hints.PRINT_KEYWORDS:
            hint, what = name_hints.print_hint(name), f"'print' has no argument named '{name}'"
            body.env.fail(Code.CALL, what, argument.span, suggestion=hint)
    given = calls.given_arguments(body, node.arguments)
    values = [argument for argument in given if argument[0] is None]
    named = {argument[0]: argument[1] for argument in given if argument[0]}
    separator = named.get("sep", StringLiteral(" "))
    pieces: list[tuple[Value, tree.Extent]] = []
    for index, (_keyword, value, extent) in enumerate(values):
        if index:
            pieces.append((separator, extent))
        pieces.append((value, extent))
    pieces.append((named.get("end", StringLiteral("\n")), node.span))
    out = Stored(text(body, pieces, node.span), is_mutable=False)
    if "file" in named:
        operators.call_prelude(body, "_print_to", [out, named["file"]], node.span)
    else:
        operators.call_prelude(body, "_print", [out], node.span)
    lifetimes.keep_alive(body, [value for _, value, _ in values], node.span)
    return Nothing()


def text_of(body: Body, node: tree.Call) -> Value:
    """Evaluate `String(x, …)`."""
    values = expressions.infer_all(body, [argument.value for argument in node.arguments])
    if len(values) == 1:
        value, extent = values[0], node.arguments[0].value.span
        if isinstance(value, StringLiteral):
            return string_value(body, value.text, extent)
        string = body.checker.types.string_type(body.env, extent)
        if isinstance(value, Stored) and value.place.type == string:
            value = Fresh(conversions.copy_value(body, value.place, extent))
        if isinstance(value, Fresh) and value.place.type == string:
            body.looks.texts.pop(value.place.local, None)  # It is no slice.
            return value
    extents = [argument.value.span for argument in node.arguments]
    return Fresh(text(body, list(zip(values, extents, strict=True)), node.span))


def text(
    body: Body, pieces: Sequence[tuple[Value, tree.Extent]], extent: tree.Extent
) -> ir.LocalPlace:
    """Write the pieces into a new String; literal pieces that meet are joined here."""
    out = construction.construct(body, body.checker.types.string_type(body.env, extent), {}, extent)
    target = Stored(out, is_mutable=True)
    pending = ""
    for value, place in templates.flattened(pieces):
        text = _constant_text(value)
        if text is not None:
            pending += text
            continue
        append_text(body, target, pending, extent)
        pending = ""
        write(body, target, value, place)
    append_text(body, target, pending, extent)
    return out


def _constant_text(value: Value) -> str | None:
    match value:
        case StringLiteral(text):
            return text
        case IntLiteral():
            constant = materialise(value, ir.INT)
            return None if constant is None else str(constant.value)
        case _:
            return None


def write(body: Body, out: Value, value: Value, extent: tree.Extent) -> None:
    """Write one value's text."""
    if isinstance(value, TypeName) and value.type == ir.UNIT:
        if body.checker.is_strict:
            body.env.fail(Code.TYPE, "'None' does not conform to 'Writable'", extent)
        message = "'None' cannot be printed; write the text \"None\""
        lenient.warn(body.checker, body.env, message, extent)
        append_text(body, out, "None", extent)
        return
    given = [(None, out, extent), (None, value, extent)]
    calls.call_values(body, writers.library_writers(body, value), given, extent)


def write_all(body: Body, out: Value, node: tree.Call) -> Value:
    """Evaluate `writer.write(a, b, …)`."""
    given = calls.given_arguments(body, node.arguments)
    for value, extent in templates.flattened([(value, at) for _, value, at in given]):
        if isinstance(value, StringLiteral):
            append_text(body, out, value.text, extent)
        else:
            write(body, out, value, extent)
    return Nothing()


def reflected_name(body: Body, type_: ir.Type, prefix: str = "") -> str:
    """Give a type's name as the library prints it.

    Numbers are vectors of one lane when they are parameters, and the program's own structs then have their module's
    name (`prefix`) before them.
    """
    if isinstance(type_, ir.IntType | ir.FloatType | ir.VectorType):
        return dtype_names.type_of_name(type_)
    if not isinstance(type_, ir.StructType):
        return type_name(type_)
    instance = body.checker.types.struct_of(type_)
    if instance.symbol is None:
        return type_name(type_)
    module = instance.symbol.module
    stem = module.file.rsplit("/", 1)[-1].removesuffix(".mojo")
    inner = "" if module.is_prelude else f"{stem}."
    shown: list[str] = []
    for parameter in instance.symbol.node.type_parameters:
        match instance.parameters[parameter.name]:
            case Aggregate():
                continue
            case ir.Const(type_, value):
                shown.append(f"{value} : {reflected_name(body, type_)}")
            case pack if parameter.kind == "star":
                fields = body.checker.types.fields_of(pack)
                shown += [reflected_name(body, field.type, inner) for field in fields]
            case other:
                shown.append(reflected_name(body, other, inner))
    name = ("" if module.is_prelude else prefix) + instance.symbol.node.name.name
    return f"{name}[{', '.join(shown)}]" if shown else name


def append_text(body: Body, out: Value, text: str, extent: tree.Extent) -> None:
    """Append constant text to a String."""
    if text:
        pieces = [out, *_static_pieces(text.encode("utf-8", "replace"))]
        operators.call_prelude(body, "_write_literal", pieces, extent)


def _static_pieces(data: bytes) -> list[Value]:
    return [Scalar(ir.StaticBytes(data)), Scalar(ir.Const(ir.INT, len(data)))]


def string_value(body: Body, text: str, extent: tree.Extent) -> Value:
    """Make a String of a literal."""
    data = text.encode("utf-8", "replace")
    return operators.call_prelude(body, "_string_literal", _static_pieces(data), extent)


def _len(body: Body, _: Builtin, node: tree.Call) -> Value:
    if len(node.arguments) == 1 and isinstance(node.arguments[0].value, tree.Name):
        pack = expressions.infer(body, node.arguments[0].value)
        if isinstance(pack, Pack):
            return packs.length(pack)
    value = _one(body, node)
    type_ = conversions.type_of(value)
    if dtype_names.dtype_of(type_) is not None:
        return IntLiteral(dtype_names.lanes_of(type_))
    if isinstance(type_, ir.StructType):
        instance = body.checker.types.struct_of(type_)
        if instance.element is not None:
            place = conversions.to_place(body, value, type_, node.span)
            return Scalar(ir.Load(ir.FieldPlace(place, "length", ir.INT), ir.INT))
        if instance.symbol is None:
            return IntLiteral(len(instance.fields))
        if instance.symbol.module.is_prelude or instance.has_trait("Sized"):
            result = operators.call_dunder(body, "__len__", value, [], node.span)
            if result is not None:
                return result
    suggestion = None
    if type_ == body.checker.types.string_type_or_none():
        suggestion = "write 's.byte_length()' or 's.count_codepoints()'"
    body.env.fail(
        Code.TYPE,
        f"'{type_name(type_)}' has no length: it does not conform to 'Sized'",
        node.span,
        suggestion=suggestion,
    )


def _one(body: Body, node: tree.Call) -> Value:
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        body.env.fail(Code.CALL, "expected one argument", node.span)
    argument = node.arguments[0].value
    value = expressions.infer(body, argument)
    return conversions.to_value(body, value, None, argument.span)


def _iter(body: Body, _: Builtin, node: tree.Call) -> Value:
    return iterators.iterator_of(body, _one(body, node), node.span)


def _next(body: Body, _: Builtin, node: tree.Call) -> Value:
    found = operators.call_dunder(body, "__next__", _one(body, node), [], node.span)
    if found is None:
        body.env.fail(Code.TYPE, "'next' needs an iterator", node.span)
    return found


def _materialize(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    """Evaluate `materialize[value]()`."""
    if len(builtin.parameters) != 1 or node.arguments:
        body.env.fail(Code.CALL, "write 'materialize[value]()'", node.span)
    parameter = builtin.parameters[0].value
    value = body.checker.constants.evaluate(body.env, parameter, body)
    if isinstance(value, Known):
        return body.checker.comptime.materialise(body, value, node.span, is_explicit=True)
    return conversions.to_value(body, value, None, node.span)


# ------------------------------------------------------------------------------------------------------ conversions


def convert(body: Body, type_: ir.Type, node: tree.Call) -> Value:
    """Evaluate `Int(x)` and the like."""
    if not node.arguments and isinstance(type_, ir.IntType | ir.FloatType):
        return Scalar(ir.Const(type_, 0 if isinstance(type_, ir.IntType) else 0.0))
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        body.env.unsupported(f"'{type_name(type_)}' with these arguments", node.span)
    argument = node.arguments[0].value
    value = expressions.infer(body, argument)
    if type_ == ir.BOOL:
        return Scalar(conversions.truth(body, value, argument.span))
    if isinstance(value, IntLiteral | FloatLiteral):
        constant = materialise(value, type_)
        if constant is not None:
            return Scalar(constant)
        body.env.fail(
            Code.TYPE,
            f"cannot convert a float literal to '{type_name(type_)}' exactly",
            argument.span,
            suggestion=f"write '{type_name(type_)}(Float64(…))' to cut the fraction off",
        )
    found = conversions.to_value(body, value, None, argument.span)
    source = conversions.type_of(found)
    if isinstance(source, ir.StructType):
        return _convert_struct(body, type_, found, source, node)
    expr = conversions.to_scalar(body, found, source, argument.span)
    return Scalar(_converted(expr, type_))


def _converted(expr: ir.Expr, type_: ir.Type) -> ir.Expr:
    if expr.type == type_:
        return expr
    if isinstance(expr, ir.Const) and not isinstance(expr.value, float):
        constant = materialise(IntLiteral(int(expr.value)), type_)
        if constant is not None:
            return constant
    return ir.Convert(expr, type_)


def _convert_struct(
    body: Body, type_: ir.Type, value: Value, source: ir.StructType, node: tree.Call
) -> Value:
    if source == body.checker.types.string_type_or_none() and type_ in (ir.INT, ir.FLOAT64):
        name = "atol" if type_ == ir.INT else "atof"
        return operators.call_prelude(body, name, [value], node.span)
    dunder = "__int__" if isinstance(type_, ir.IntType) else "__float__"
    result = operators.call_dunder(body, dunder, value, [], node.span)
    if result is None:
        body.env.fail(
            Code.TYPE,
            f"cannot convert '{type_name(source)}' to '{type_name(type_)}'",
            node.span,
        )
    expr = conversions.to_scalar(body, result, None, node.span)
    return Scalar(_converted(expr, type_))


# ------------------------------------------------------------------------------------------------- prelude-only names


_HANDLERS: Mapping[str, Callable[[Body, Builtin, tree.Call], Value]] = {
    "conforms_to": traits.conforms_to,
    "print": _print,
    "materialize": _materialize,
    "len": _len,
    "iter": _iter,
    "next": _next,
    **check_dtypes.SIZES,
}
