"""Declarations and assignments: how names and places get their values."""

from meshnode.compiler import ir
from meshnode.compiler.check import (
    conversions,
    dangling,
    expressions,
    items,
    lenient,
    lifetimes,
    statements,
    templates,
    unpacking,
    views,
)
from meshnode.compiler.check.body import (
    Body,
    LocalConstant,
    Poisoned,
    State,
    Variable,
)
from meshnode.compiler.check.calls import function_values
from meshnode.compiler.check.types import types, vectors
from meshnode.compiler.check.values import (
    CheckFailed,
    GenericConstant,
    ListItems,
    Nothing,
    RunTime,
    Scalar,
    Stored,
    TemplateParts,
    TypeName,
    Value,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import ConstantSymbol
from meshnode.compiler.parse import tree


def declare(body: Body, node: tree.Declare) -> None:
    """Check `var`."""
    names = unpacking.names_in(node.names)
    if not names:
        body.env.fail(Code.SYNTAX, "'var' declares nothing here: a name is missing", node.span)
    try:
        if len(node.names) == 1 and isinstance(node.names[0], tree.Name):
            _declare_one(body, node, node.names[0])
        else:
            unpacking.declare_several(body, node)
    except CheckFailed:
        for name in names:
            if not isinstance(body.lookup(name.name), Variable):
                body.bind(name.name, Poisoned())
        raise


def _declare_one(body: Body, node: tree.Declare, name: tree.Name) -> None:
    if name.name in body.scopes[-1] and name.name != "_":
        body.env.fail(Code.NAME, f"'{name.name}' is declared twice here", name.span)
    type_ = None
    generic_list = isinstance(node.annotation, tree.Name) and node.annotation.name == "List"
    if node.annotation is not None and not generic_list:
        type_ = types.resolve_type(body.checker, body.env, node.annotation)
    if node.value is None:
        if type_ is None:
            body.env.fail(Code.TYPE, f"variable '{name.name}' needs a type or a value", node.span)
        body.declare(name, type_, State.EMPTY)
        return
    value = expressions.infer(body, node.value, type_)
    if isinstance(value, Nothing) and type_ in (None, ir.UNIT):
        body.bind(name.name, LocalConstant(TypeName(ir.UNIT)))
        return
    if generic_list and isinstance(value, ListItems):
        type_ = list_type_of(body, value.node)
    if type_ is None:
        if function_values.name_closure(body, name, value):
            return
        if isinstance(value, TemplateParts):
            body.bind(name.name, LocalConstant(templates.lasting(body, value)))
            return
        type_ = _own_type(body, name, value, node.value.span)
    value = conversions.to_value(body, value, type_, node.value.span)
    value = conversions.owned(body, value, node.value.span)
    place = body.declare(name, type_, State.FULL)
    conversions.store(body, place, value, node.span, is_new=True)
    views.keep_temporaries(body, type_)
    dangling.declared(body, place, node.annotation)


def _own_type(body: Body, name: tree.Name, value: Value, extent: tree.Extent) -> ir.Type:
    if isinstance(value, ListItems) and lenient.is_list_display(body, name, value):
        return list_type_of(body, value.node)
    return function_values.held_type(body, value, extent)


def list_type_of(body: Body, node: tree.ListLiteral) -> ir.StructType:
    """Give `List[T]` with T from the first element (evaluated for its type only)."""
    if not node.elements:
        body.env.fail(Code.TYPE, "an empty list needs a type", node.span)

    def first_type() -> ir.Type:
        element = node.elements[0]
        value = expressions.infer(body, element)
        if isinstance(value, ListItems):
            return list_type_of(body, value.node)
        return function_values.held_type(body, value, element.span)

    element_type = body.imagine(first_type)
    return body.checker.types.list_type(body.env, element_type, node.span)


def bind_reference(body: Body, node: tree.BindReference) -> None:
    """Check `ref name = place`: the name stands for the place."""
    try:
        value = expressions.infer(body, node.value)
        if not isinstance(value, Stored):
            body.env.fail(
                Code.TYPE, "'ref' needs a place: a variable, a field or an element", node.span
            )
        if node.annotation is not None:
            wanted = types.resolve_type(body.checker, body.env, node.annotation)
            value = conversions.to_value(body, value, wanted, node.span)
            assert isinstance(value, Stored)
    except CheckFailed:
        body.bind(node.name.name, Poisoned())
        raise
    place = stable_in_block(body, value.place, node.span)
    local = value.variable if isinstance(value.place, ir.LocalPlace) else None
    reference = dangling.bound(body, value.place, place)
    body.bind(node.name.name, Variable(place, value.is_mutable, local, reference=reference))


def stable_in_block(body: Body, place: ir.Place, extent: tree.Extent) -> ir.Place:
    """Evaluate the indices in a place once, into locals that live as long as the block."""
    outer = body.temporaries
    body.temporaries, body.short_lived = body.declared, frozenset(outer)
    try:
        return body.stable(place, extent)
    finally:
        body.temporaries, body.short_lived = outer, frozenset()


def declare_constant(body: Body, node: tree.Comptime) -> None:
    """Check a function's `comptime` name."""
    body.bind(node.name.name, Poisoned())
    value: Value
    if node.type_parameters:
        value = GenericConstant(ConstantSymbol(body.env.module, node), body.env, body)
    else:
        value = body.checker.constants.declared(body.env, node, body)
    body.bind(node.name.name, LocalConstant(value))


def assign(
    body: Body, node: tree.Assign, target: tree.Expression, value_node: tree.Expression
) -> None:
    """Check `target = value`; the target's place is evaluated before the value, as in the language."""
    if isinstance(target, tree.Tuple):
        wanted = [target_type(body, element) for element in target.elements]
        for element, value, extent in unpacking.unpack(body, value_node, target.elements, wanted):
            _assign_value(body, element, value, extent)
        return
    if isinstance(target, tree.Name) and target.name == "_":
        statements.evaluate(body, value_node)
        return
    if isinstance(target, tree.Name) or _constructed_field(body, target) is not None:
        expected = target_type(body, target)
        value = expressions.infer(body, value_node, expected)
        _assign_value(body, target, value, node.span)
        return
    if isinstance(target, tree.Subscript) and items.assign_item(
        body, target, value_node, node.span
    ):
        return
    found = expressions.infer(body, target)
    mark = body.mark()
    if isinstance(found, Scalar) and found.home is not None:
        value = expressions.infer(body, value_node, found.expr.type)
        vectors.assign_lane(body, found, value, node.span)
        return
    place = place_of(body, target, found)
    value = expressions.infer(body, value_node, place.type)
    count = len(body.block)
    settled = body.settle(Stored(place, is_mutable=True), mark, target.span)
    assert isinstance(settled, Stored)
    position = mark[1] + len(body.block) - count
    is_new = lifetimes.end_early(body, settled.place, value, position, node.span)
    conversions.store(body, settled.place, value, node.span, is_new=is_new)


def assign_within(body: Body, node: tree.Walrus) -> Value:
    """Check an assignment whose value goes on: `name := value`, and `b = value` of `a = b = value`."""
    target = node.target
    if isinstance(target, tree.Name):
        assign_name(body, target, expressions.infer(body, node.value), node.span)
        return expressions.infer(body, target)
    if _constructed_field(body, target) is not None:
        assign(body, tree.Assign(node.span, target, node.value), target, node.value)
        return expressions.infer(body, target)
    found = expressions.infer(body, target)
    if not isinstance(found, Stored) or not isinstance(target, tree.Attribute | tree.Subscript):
        body.env.unsupported("a chained assignment to this target", target.span)
    place = body.stable(place_of(body, target, found), target.span)
    value = expressions.infer(body, node.value, place.type)
    writes = len(body.writes)
    conversions.store(body, place, value, node.span, is_new=False)
    del body.writes[
        writes:
    ]  # Of the targets before, the places are known: a store does not move them.
    return Stored(place, is_mutable=False)


def target_type(body: Body, target: tree.Expression) -> ir.Type | None:
    """Give the type of a plain variable or field, to guide the value's literals; None if it is not that simple."""
    if isinstance(target, tree.Name):
        binding = body.lookup(target.name)
        return binding.place.type if isinstance(binding, Variable) else None
    if isinstance(target, tree.Attribute):
        base = target_type(body, target.base)
        for field in body.checker.types.fields_of(base) if base is not None else ():
            if field.name == target.name:
                return field.type
    return None


def _assign_value(
    body: Body, target: tree.Target | tree.Expression, value: Value, extent: tree.Extent
) -> None:
    """Assign a value that has been evaluated."""
    assert not isinstance(target, tree.NestedTarget | tree.ReferenceTarget), "only after 'var'"
    key = _constructed_field(body, target)
    if isinstance(target, tree.Name) and target.name == "_":
        return
    if isinstance(target, tree.Name):
        assign_name(body, target, value, extent)
    elif key is not None:
        assert isinstance(target, tree.Attribute)
        _assign_constructed(body, key, value, extent)
    else:
        effects = body.effects
        place = assignable_place(body, target)
        if body.effects != effects:
            body.env.unsupported("calls in the targets of an unpacking", target.span)
        conversions.store(body, place, value, extent, is_new=False)


def assignable_place(body: Body, target: tree.Expression) -> ir.Place:
    """Evaluate an assignment's target."""
    if isinstance(target, tree.Tuple | tree.ListLiteral):
        body.env.unsupported("this form of assignment", target.span)
    return place_of(body, target, expressions.infer(body, target))


def place_of(body: Body, target: tree.Expression, value: Value) -> ir.Place:
    """Give the place of an assignment's target, which must be one that may be changed."""
    if not isinstance(value, Stored):
        body.env.fail(Code.SYNTAX, "this cannot be assigned to", target.span)
    if not value.is_mutable:
        body.env.fail(
            Code.MUTABILITY,
            "expression must be mutable in assignment",
            target.span,
            suggestion=_mutability_hint(body, target),
        )
    return value.place


def _mutability_hint(body: Body, target: tree.Expression) -> str | None:
    while isinstance(target, tree.Attribute | tree.Subscript):
        target = target.base
    if not isinstance(target, tree.Name):
        return None
    binding = body.lookup(target.name)
    if isinstance(binding, Variable) and binding.why_immutable:
        return binding.why_immutable
    return None


def assign_name(body: Body, target: tree.Name, value: Value, extent: tree.Extent) -> None:
    """Assign a value to a variable."""
    binding = body.lookup(target.name)
    match binding:
        case Poisoned():
            raise CheckFailed(None)
        case None | LocalConstant() | RunTime():
            if binding is not None or target.name in body.env.module.names:
                body.env.fail(
                    Code.MUTABILITY, "expression must be mutable in assignment", target.span
                )
            body.bind(target.name, Poisoned())
            body.env.fail(
                Code.NAME,
                f"implicit declaration of '{target.name}' is not allowed; add 'var' to declare a new name",
                target.span,
            )
        case Variable(place, is_mutable, local):
            if not is_mutable:
                body.env.fail(
                    Code.MUTABILITY,
                    "expression must be mutable in assignment",
                    target.span,
                    suggestion=binding.why_immutable or None,
                )
            if local is not None and local == body.constructed:
                _assign_whole(body, place, local, value, extent)
                return
            if binding.reference is not None:
                dangling.use(body, binding, target)
            state = State.FULL if local is None else body.state(local)
            is_new = state is State.EMPTY
            if state is State.UNSURE and local == body.result:
                _require_plain(body, place.type, extent)
            conversions.store(body, place, value, extent, is_new=is_new)
            if local is not None:
                dangling.filled(body, local)
                body.set_state(local, State.FULL)


def _assign_whole(
    body: Body, place: ir.Place, local: ir.LocalId, value: Value, extent: tree.Extent
) -> None:
    """Assign the object under construction as a whole: `self = Self(…)`."""
    keys = [(local, field.name) for field in body.checker.types.fields_of(place.type)]
    states = {body.state(key) for key in keys}
    is_new = states <= {State.EMPTY}
    if not is_new and states != {State.FULL}:
        _require_plain(body, place.type, extent)
    conversions.store(body, place, value, extent, is_new=is_new)
    for key in keys:
        body.set_state(key, State.FULL)


def _constructed_field(body: Body, target: tree.Expression) -> tuple[ir.LocalId, str] | None:
    """Give the field of the object under construction that the target is; None if it is something else."""
    if body.constructed is None or not isinstance(target, tree.Attribute):
        return None
    if not isinstance(target.base, tree.Name):
        return None
    binding = body.lookup(target.base.name)
    if not isinstance(binding, Variable) or binding.local != body.constructed:
        return None
    type_ = body.checker.types.struct_of(body.result_type).field_type(target.name)
    return None if type_ is None else (body.constructed, target.name)


def _require_plain(body: Body, type_: ir.Type, extent: tree.Extent) -> None:
    """Refuse to assign an owned result, or a field of one, of which nobody knows whether it holds something."""
    if body.checker.types.is_owned(type_):
        body.env.unsupported("assigning a result that only some paths have initialised", extent)


def _assign_constructed(
    body: Body, key: tuple[ir.LocalId, str], value: Value, extent: tree.Extent
) -> None:
    """Assign a field of the object under construction: it may be empty."""
    local, name = key
    type_ = body.checker.types.struct_of(body.result_type).field_type(name)
    assert type_ is not None
    state = body.state(key)
    if state is State.UNSURE:
        _require_plain(body, type_, extent)
    place = ir.FieldPlace(ir.LocalPlace(local, body.result_type), name, type_)
    conversions.store(body, place, value, extent, is_new=state is State.EMPTY)
    body.set_state(key, State.FULL)
    lifetimes.complete(body, extent)
