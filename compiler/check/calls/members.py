"""What stands behind a dot or in square brackets: fields, methods, elements, parameters."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from meshnode.compiler import ir
from meshnode.compiler.check import (
    conversions,
    dangling,
    expressions,
    hidden_fields,
    origins,
    tuples,
    views,
)
from meshnode.compiler.check.body import Body, Variable
from meshnode.compiler.check.calls import calls, closures, packs
from meshnode.compiler.check.loops import slices
from meshnode.compiler.check.types import arrays, dtype_names, parameters, types, vectors
from meshnode.compiler.check.types import dtypes as check_dtypes
from meshnode.compiler.check.values import (
    Builtin,
    CheckFailed,
    Fresh,
    Functions,
    GenericConstant,
    GenericStruct,
    Known,
    ModuleName,
    Nothing,
    Pack,
    Scalar,
    ScalarMethod,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names import imports, name_hints
from meshnode.compiler.names.symbols import StructSymbol
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import IntLiteral


def attribute(body: Body, node: tree.Attribute) -> Value:  # noqa: C901 - one case a value
    """Evaluate `base.name`."""
    if isinstance(node.base, tree.Name):
        field = _constructed_field(body, node, node.base)
        if field is not None:
            return field
    known = _open_parameter(body, node)
    if known is not None:
        return Scalar(known)
    dangling.read_part(body, node)
    base = expressions.infer(body, node.base)
    match base:
        case TypeName(type_):
            return _type_attribute(body, node, type_)
        case Pack() if node.name == "__len__":
            return ScalarMethod(base, node.name)
        case ModuleName(module):
            symbol = imports.member(body.checker.symbols, module.module, node.name)
            if symbol is None:
                body.env.unsupported(f"'{node.name}' of module '{module.module}'", node.span)
            return expressions.symbol_value(body.checker, body.env, node, node.name, symbol)
        case GenericStruct(symbol):
            values = parameters.struct_parameters(
                body.checker, body.env, symbol, base.parameters, node.span
            )
            if len(values) < len(symbol.node.type_parameters):
                name = symbol.node.name.name
                body.env.fail(Code.TYPE, f"'{name}' needs its parameters here", node.span)
            struct = types.struct_instance(body.checker, body.env, symbol, values, node.span)
            return _type_attribute(body, node, struct)
        case StringLiteral() if node.name == "format":
            return ScalarMethod(base, node.name)
        case Functions() | Builtin() | ScalarMethod() | Nothing():
            body.env.fail(Code.TYPE, f"this has no attribute '{node.name}'", node.span)
        case _:
            return _value_attribute(body, node, base)


def _value_attribute(body: Body, node: tree.Attribute, base: Value) -> Value:
    if isinstance(base, Known):
        folded = body.checker.comptime.field(base, node.name)
        if folded is not None:
            return folded
    owner = conversions.to_value(body, base, None, node.base.span)
    type_ = conversions.type_of(owner)
    if not isinstance(type_, ir.StructType):
        return _number_member(body, node, owner, type_)
    return _member(body, node, owner, type_)


def _open_parameter(body: Body, node: tree.Attribute) -> ir.Const | None:
    """Give `v.dtype` of an argument whose vector is open: in a signature `v` itself is not known yet."""
    if not isinstance(node.base, tree.Name):
        return None
    known = body.env.parameters.get(f"{node.base.name}.{node.name}")
    return known if isinstance(known, ir.Const) else None


def _number_member(body: Body, node: tree.Attribute, owner: Value, type_: ir.Type) -> Value:
    """Give `x.name` of a number, vector or DType: a parameter, a method of the prelude, or one of the checker's."""
    parameter = check_dtypes.parameter_of(type_, node.name)
    if parameter is not None:
        return Scalar(parameter)
    constant = isinstance(owner, Scalar) and isinstance(owner.expr, ir.Const)
    methods = body.checker.types.methods_of(type_).get(node.name)
    if methods is None or (constant and type_ == ir.DTYPE):
        return ScalarMethod(owner, node.name)
    return Functions(node.name, methods, receiver=owner, struct=type_)


def _constructed_field(body: Body, node: tree.Attribute, base: tree.Name) -> Value | None:
    """Give a field of the object under construction, whose other fields may still be empty."""
    binding = body.lookup(base.name)
    if not isinstance(binding, Variable) or not isinstance(binding.place, ir.LocalPlace):
        return None
    local = binding.place.local
    if local not in (body.constructed, body.dismantled):
        return None
    type_ = body.checker.types.struct_of(binding.place.type).field_type(node.name)
    if type_ is None:
        return None
    body.use((local, node.name), f"{base.name}.{node.name}", node.span)
    return Stored(ir.FieldPlace(binding.place, node.name, type_), is_mutable=True)


def _member(body: Body, node: tree.Attribute, owner: Value, type_: ir.StructType) -> Value:
    instance = body.checker.types.struct_of(type_)
    field = instance.field_type(node.name)
    methods = instance.symbol.methods.get(node.name) if instance.symbol else None
    # 'capacity' of a List is a field in the prelude and a method elsewhere.
    is_hidden = methods is not None and not body.env.module.is_prelude
    hidden_fields.refuse(body, node, instance)
    if field is not None and instance.symbol is not None and not is_hidden:
        match owner:
            case Stored(place, is_mutable, _):
                return Stored(ir.FieldPlace(place, node.name, field), is_mutable)
            case Fresh(place):
                return Stored(ir.FieldPlace(place, node.name, field), is_mutable=True)
            case _:
                raise AssertionError(owner)
    if methods is not None:
        return Functions(node.name, methods, receiver=owner, struct=type_)
    is_string = type_ == body.checker.types.string_type_or_none()
    is_text_method = node.name in ("write", "format") and is_string
    is_write = node.name == "write" and instance.has_trait("Writer")
    is_general = node.name in ("copy", "write_to", "write_repr_to")
    if is_text_method or is_write or is_general or tuples.has(instance, node.name):
        return ScalarMethod(owner, node.name)
    constant = body.checker.constants.struct_constant(instance, node.name)
    if constant is not None:
        return constant
    if node.name in instance.parameters:
        return closures.parameter_as_value(body.checker, instance.parameters[node.name])
    names = [f.name for f in instance.fields]
    names += list(instance.symbol.methods) if instance.symbol else []
    if instance.symbol and any(node.name == f.name for f in instance.symbol.node.fields):
        raise CheckFailed(None)  # It was left out, since its type is wrong.
    library = instance.symbol is None or instance.symbol.module.is_prelude
    suggestion = name_hints.attribute_hint(type_name(type_), node.name, names)
    if library and not body.env.module.is_prelude and suggestion is None:
        body.env.unsupported(f"'{node.name}' of '{type_name(type_)}'", node.span)
    body.env.fail(
        Code.NAME,
        f"'{type_name(type_)}' value has no attribute '{node.name}'",
        node.span,
        suggestion=suggestion,
    )


def _type_attribute(body: Body, node: tree.Attribute, type_: ir.Type) -> Value:
    if isinstance(type_, ir.StructType):
        instance = body.checker.types.struct_of(type_)
        parameter = instance.parameters.get(node.name)
        if parameter is not None:
            return closures.parameter_as_value(body.checker, parameter)
        methods = instance.symbol.methods.get(node.name) if instance.symbol else None
        if methods is not None:
            return Functions(node.name, methods, struct=type_)
        constant = body.checker.constants.struct_constant(instance, node.name)
        if constant is not None:
            return constant
    attribute_ = _number_attribute(body, node, type_)
    if attribute_ is not None:
        return attribute_
    limit = _numeric_limit(dtype_names.element_type(type_), node.name)
    if limit is None:
        body.env.unsupported(f"'{node.name}' of type '{type_name(type_)}'", node.span)
    most = ir.Const(dtype_names.element_type(type_), limit)
    return Scalar(vectors.broadcast(most, type_))


def _number_attribute(body: Body, node: tree.Attribute, type_: ir.Type) -> Value | None:
    """Give `DType.float64`, `T.dtype`, or a static method of numbers; None if it is none of these."""
    if type_ == ir.DTYPE:
        member = check_dtypes.member(body.env, node)
        if member is not None:
            return member
    parameter = check_dtypes.parameter_of(type_, node.name)
    if parameter is not None:
        return Scalar(parameter)
    if isinstance(type_, ir.StructType):
        return None
    methods = body.checker.types.methods_of(type_).get(node.name)
    return None if methods is None else Functions(node.name, methods, struct=type_)


def _numeric_limit(type_: ir.Type, name: str) -> int | float | None:
    match type_, name:
        case ir.IntType(bits, is_signed=is_signed), "MAX":
            return (1 << (bits - is_signed)) - 1
        case ir.IntType(bits, is_signed=is_signed), "MIN":
            return -(1 << (bits - 1)) if is_signed else 0
        case ir.FloatType(), "MAX":
            return float("inf")
        case ir.FloatType(), "MIN":
            return float("-inf")
        case ir.FloatType(bits), ("MAX_FINITE" | "MIN_FINITE"):
            largest = 1.7976931348623157e308 if bits == 64 else 3.4028234663852886e38  # noqa: PLR2004 - the width
            return largest if name == "MAX_FINITE" else -largest
        case _:
            return None


def subscript(body: Body, node: tree.Subscript) -> Value:
    """Evaluate `base[arguments]`."""
    if _is_type_constructor(body, node.base):
        return TypeName(types.resolve_type(body.checker, body.env, node))
    base = expressions.infer(body, node.base)
    match base:
        case GenericStruct():
            return _with_parameters(body, base, node)
        case Functions():
            return calls.with_parameters(body, base, node)
        case Pack():
            return packs.element(body, node, base)
        case GenericConstant():
            written = parameters.write(body.env, node.arguments, body)
            return parameters.constant_value(body.checker, body.env, base, written, node.span)
        case Builtin(name):
            return Builtin(name, node.arguments)
        case ScalarMethod(receiver, "shuffle"):
            return ScalarMethod(receiver, "shuffle", node.arguments)
        case TypeName():
            body.env.fail(Code.TYPE, "this type takes no parameters", node.span)
        case _:
            pass
    return element_of(body, node, base)


def _with_parameters(body: Body, base: GenericStruct, node: tree.Subscript) -> Value:
    """Give a parametric struct with what is written; it stays open if parameters must be inferred."""
    symbol = base.symbol
    written = (*base.parameters, *parameters.write(body.env, node.arguments, body))
    values = parameters.struct_parameters(body.checker, body.env, symbol, written, node.span)
    if len(values) < len(symbol.node.type_parameters):
        return GenericStruct(symbol, written)
    return TypeName(types.struct_instance(body.checker, body.env, symbol, values, node.span))


def element_of(body: Body, node: tree.Subscript, base: Value) -> Value:
    """Give an element of a value that is subscripted."""
    if isinstance(base, Known):
        folded = _known_element(body, node, base)
        if folded is not None:
            return folded
    owner = conversions.to_value(body, base, None, node.base.span)
    type_ = conversions.type_of(owner)
    if isinstance(type_, ir.PointerType):
        index = subscript_index(body, node)
        pointer = conversions.to_scalar(body, owner, type_, node.base.span)
        offset = ir.Pure("pointer_offset", (pointer, index), type_)
        return Stored(ir.PointeePlace(offset, type_.pointee), is_mutable=True)
    if check_dtypes.parameter_of(type_, "dtype") is not None:
        return vectors.lane(body, owner, subscript_index(body, node), node.span)
    if not isinstance(type_, ir.StructType):
        body.env.fail(Code.TYPE, f"'{type_name(type_)}' cannot be subscripted", node.span)
    return _struct_element(body, node, owner, type_)


def _struct_element(body: Body, node: tree.Subscript, owner: Value, type_: ir.StructType) -> Value:
    instance = body.checker.types.struct_of(type_)
    if instance.symbol is None:
        return _tuple_element(body, node, owner, instance)
    sliced = slices.subscript(body, node, owner, instance.symbol)
    if sliced is not None:
        return sliced
    if instance.element is not None:
        return _list_element(body, node, owner, instance.element)
    parts = arrays.parts_of(body, type_)
    if parts is not None:
        return arrays.subscript(body, node, owner, parts)
    return _item(body, node, owner, type_, instance.symbol)


def _item(
    body: Body, node: tree.Subscript, owner: Value, type_: ir.StructType, symbol: StructSymbol
) -> Value:
    """Give what a struct's own subscript means: a place that it points to, or a result."""
    places = symbol.methods.get("__place__")
    if places is not None and symbol.module.is_prelude:
        functions = Functions("__place__", places, receiver=owner, struct=type_)
        found = calls.call_functions(body, functions, node.arguments, node.span)
        pointer = conversions.to_scalar(body, found, None, node.span)
        assert isinstance(pointer.type, ir.PointerType)
        may_change = not views.is_view(body.checker, type_) or origins.may_change(body, owner)
        return Stored(ir.PointeePlace(pointer, pointer.type.pointee), may_change)
    by_type = symbol.methods.get("__getitem_param__")
    if by_type is not None:
        functions = Functions("__getitem_param__", by_type, receiver=owner, struct=type_)
        given = calls.with_parameters(body, functions, node)
        return calls.call_functions(body, given, (), node.span)
    methods = symbol.methods.get("__getitem__")
    if methods is None:
        if symbol.module.is_prelude:
            body.env.unsupported(f"subscripts of '{type_name(type_)}'", node.span)
        body.env.fail(Code.TYPE, f"'{type_name(type_)}' has no '__getitem__'", node.span)
    functions = Functions("__getitem__", methods, receiver=owner, struct=type_)
    return calls.call_functions(body, functions, node.arguments, node.span)


def _is_type_constructor(body: Body, base: tree.Expression) -> bool:
    """Tell whether a name in front of brackets is a type that the checker makes itself."""
    if not isinstance(base, tree.Name):
        return check_dtypes.is_vector_name(body.env, base)
    is_text = views.is_text(body.checker, body.env.module.names.get(base.name))
    return base.name == "Tuple" or is_text or check_dtypes.is_vector_name(body.env, base)


def _list_element(body: Body, node: tree.Subscript, owner: Value, element: ir.Type) -> Value:
    index = subscript_index(body, node)
    refuse_negative(body, node, index)
    # From the bracket on: that is the place which a failed bounds check tells.
    span = body.env.span((*node.base.span[2:], *node.span[2:]))
    match owner:
        case Stored(place, is_mutable, _):
            return Stored(ir.ElementPlace(place, index, element, span), is_mutable)
        case Fresh(place):
            return Stored(ir.ElementPlace(place, index, element, span), is_mutable=True)
        case _:
            raise AssertionError(owner)


def refuse_negative(body: Body, node: tree.Subscript, index: ir.Expr) -> None:
    """Refuse a constant index below zero, which counts from the end elsewhere."""
    if isinstance(index, ir.Const) and int(index.value) < 0:
        message = "negative indices are not supported: use 'x[len(x) - n]'"
        body.env.fail(Code.CONSTANT, message, node.arguments[0].span)


def _known_element(body: Body, node: tree.Subscript, base: Known) -> Value | None:
    """Give an element of a known tuple, or of a known list while the program is compiled."""
    if not (body.is_comptime or body.checker.types.is_tuple(base.type)):
        return None
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        return None
    index = expressions.infer(body, node.arguments[0].value)
    match index:
        case IntLiteral(value=value) | Scalar(ir.Const(_, value)):
            return body.checker.comptime.element(base, int(value))
        case _:
            return None


def subscript_index(body: Body, node: tree.Subscript) -> ir.Expr:
    """Evaluate the one positional index as an Int."""
    if len(node.arguments) != 1 or node.arguments[0].name is not None:
        body.env.fail(Code.CALL, "expected one index", node.span)
    argument = node.arguments[0]
    value = conversions.to_value(body, expressions.infer(body, argument.value), None, argument.span)
    type_ = conversions.type_of(value)
    if not isinstance(type_, ir.IntType):
        body.env.fail(
            Code.TYPE, f"an index must be an Int, not '{type_name(type_)}'", argument.span
        )
    expr = conversions.to_scalar(body, value, type_, argument.span)
    return expr if type_ == ir.INT else ir.Convert(expr, ir.INT)


def _tuple_element(
    body: Body, node: tree.Subscript, owner: Value, instance: "types.StructInstance"
) -> Value:
    index = subscript_index(body, node)
    if not isinstance(index, ir.Const):
        body.env.fail(Code.CONSTANT, "a tuple's index must be a constant", node.span)
    position = int(index.value)
    if not 0 <= position < len(instance.fields):
        body.env.fail(Code.CONSTANT, f"tuple index {position} is out of range", node.span)
    field = instance.fields[position]
    match owner:
        case Stored(place, is_mutable, _):
            return Stored(ir.FieldPlace(place, field.name, field.type), is_mutable)
        case Fresh(place):
            return Stored(ir.FieldPlace(place, field.name, field.type), is_mutable=True)
        case _:
            raise AssertionError(owner)
