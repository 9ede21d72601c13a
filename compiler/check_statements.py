"""Statements of a function's body, except loops."""

from collections.abc import Sequence

from meshnode.compiler import (
    check_calls,
    check_expressions,
    check_loops,
    check_operators,
    check_types,
    ir,
    tree,
)
from meshnode.compiler.check_body import (
    Body,
    Flow,
    LocalConstant,
    Poisoned,
    State,
    Variable,
    merge,
)
from meshnode.compiler.check_values import (
    CheckFailed,
    Fresh,
    Functions,
    ListItems,
    Nothing,
    Scalar,
    Stored,
    StringLiteral,
    Value,
    is_scalar,
    type_name,
)
from meshnode.compiler.diagnostic import Code


def check_block(body: Body, statements: Sequence[tree.Statement]) -> None:
    """Check statements in order; each error ends its statement only."""
    for statement in statements:
        with body.statement(statement.span):
            check_statement(body, statement)


def nested_block(body: Body, statements: Sequence[tree.Statement], extent: tree.Extent) -> ir.Block:
    """Check statements as a block of their own."""
    return body.nested(lambda: check_block(body, statements), extent)


def check_statement(body: Body, node: tree.Statement) -> None:  # noqa: C901, PLR0912, PLR0915 - one case a node
    """Check one statement and emit what it means."""
    match node:
        case tree.ExpressionStatement(value=value):
            _expression(body, value)
        case tree.Declare():
            _declare(body, node)
        case tree.BindReference():
            _bind_reference(body, node)
        case tree.Assign(target=target, value=value):
            _assign(body, node, target, value)
        case tree.AugmentedAssign():
            _augmented(body, node)
        case tree.Comptime():
            _comptime(body, node)
        case tree.If():
            _if(body, node)
        case tree.While():
            check_loops.check_while(body, node)
        case tree.For():
            check_loops.check_for(body, node)
        case tree.Try():
            _try(body, node)
        case tree.Return():
            _return(body, node)
        case tree.Raise():
            _raise(body, node)
        case tree.Assert():
            _assert(body, node)
        case tree.Break() | tree.Continue():
            check_loops.leave_loop(body, node)
        case tree.Pass():
            pass
        case tree.Import():
            body.env.unsupported("imports inside functions", node.span)
        case tree.Function():
            body.bind(node.name.name, Poisoned())
            body.env.unsupported("functions inside functions", node.span)
        case tree.Struct():
            body.bind(node.name.name, Poisoned())
            body.env.unsupported("structs inside functions", node.span)
        case tree.UnsupportedStatement(what=what):
            body.env.unsupported(what, node.span)


def _expression(body: Body, node: tree.Expression) -> None:
    if isinstance(node, tree.String):
        return
    value = check_expressions.infer(body, node)
    if isinstance(value, Nothing):
        return
    found = check_expressions.to_value(body, value, None, node.span)
    if isinstance(found, Scalar) and _may_have_meaning(found.expr):
        body.stable_expr(found.expr, node.span)


def _may_have_meaning(expr: ir.Expr) -> bool:
    is_call_result = isinstance(expr, ir.Load) and isinstance(expr.place, ir.LocalPlace)
    return not is_call_result and not isinstance(expr, ir.Const)


# ---------------------------------------------------------------------------------------------------- declarations


def _declare(body: Body, node: tree.Declare) -> None:
    try:
        if len(node.names) > 1:
            _declare_several(body, node)
            return
        _declare_one(body, node, node.names[0])
    except CheckFailed:
        for name in node.names:
            if not isinstance(body.lookup(name.name), Variable):
                body.bind(name.name, Poisoned())
        raise


def _declare_one(body: Body, node: tree.Declare, name: tree.Name) -> None:
    if name.name in body.scopes[-1] and name.name != "_":
        body.env.fail(Code.NAME, f"'{name.name}' is declared twice here", name.span)
    type_ = None
    generic_list = isinstance(node.annotation, tree.Name) and node.annotation.name == "List"
    if node.annotation is not None and not generic_list:
        type_ = check_types.resolve_type(body.checker, body.env, node.annotation)
    if node.value is None:
        if type_ is None:
            body.env.fail(Code.TYPE, f"variable '{name.name}' needs a type or a value", node.span)
        body.declare(name, type_, State.EMPTY)
        return
    value = check_expressions.infer(body, node.value, type_)
    if generic_list and isinstance(value, ListItems):
        type_ = _list_type(body, value)
    if type_ is None:
        type_ = check_expressions.natural_type(body, value, node.value.span)
    value = check_expressions.to_value(body, value, type_, node.value.span)
    value = check_expressions.owned(body, value, node.value.span)
    place = body.declare(name, type_, State.FULL)
    check_expressions.store(body, place, value, node.span, is_new=True)


def _list_type(body: Body, value: ListItems) -> ir.Type:
    """Give the List type that a display's first element asks for."""
    if not value.node.elements:
        body.env.fail(Code.TYPE, "an empty list needs a type", value.node.span)
    return list_type_of(body, value.node)


def list_type_of(body: Body, node: tree.ListLiteral) -> ir.StructType:
    """Give `List[T]` with T from the first element (evaluated for its type only)."""

    def first_type() -> ir.Type:
        element = node.elements[0]
        value = check_expressions.infer(body, element)
        if isinstance(value, ListItems):
            return list_type_of(body, value.node)
        return check_expressions.natural_type(body, value, element.span)

    _, element_type = body.collect(first_type)
    return body.checker.list_type(body.env, element_type, node.span)


def _declare_several(body: Body, node: tree.Declare) -> None:
    if node.value is None or node.annotation is not None:
        body.env.unsupported("declaring several typed variables at once", node.span)
    values = _unpack(body, node.value, len(node.names))
    for name, (value, extent) in zip(node.names, values, strict=True):
        if name.name == "_":
            continue
        type_ = check_expressions.natural_type(body, value, extent)
        found = check_expressions.to_value(body, value, type_, extent)
        place = body.declare(name, type_, State.FULL)
        check_expressions.store(body, place, found, extent, is_new=True)


def _unpack(body: Body, node: tree.Expression, count: int) -> list[tuple[Value, tree.Extent]]:
    """Evaluate what is assigned to several targets; each value is safe from the stores to the others."""
    if isinstance(node, tree.Tuple):
        if len(node.elements) != count:
            body.env.fail(
                Code.TYPE, f"expected {count} values, found {len(node.elements)}", node.span
            )
        values = check_expressions.infer_all(body, node.elements)
        return [
            (_detached(body, value, element.span), element.span)
            for value, element in zip(values, node.elements, strict=True)
        ]
    value = check_expressions.to_value(body, check_expressions.infer(body, node), None, node.span)
    type_ = check_expressions.type_of(value)
    fields = body.checker.fields_of(type_)
    if not body.checker.is_tuple(type_) or len(fields) != count:
        body.env.fail(Code.TYPE, f"expected {count} values, found '{type_name(type_)}'", node.span)
    place = check_expressions.to_place(body, value, type_, node.span)
    result: list[tuple[Value, tree.Extent]] = []
    for field in fields:
        member = ir.FieldPlace(place, field.name, field.type)
        if is_scalar(field.type) or not isinstance(value, Fresh):
            result.append((_detached(body, Stored(member, is_mutable=False), node.span), node.span))
            continue
        target = body.temporary(field.type, node.span)
        span = body.env.span(node.span)
        is_owned = body.checker.is_owned(field.type)
        body.emit(ir.Move(target, member, span) if is_owned else ir.CopyBits(target, member, span))
        result.append((Fresh(target), node.span))
    return result


def _detached(body: Body, value: Value, extent: tree.Extent) -> Value:
    found = check_expressions.to_value(body, value, None, extent)
    if is_scalar(check_expressions.type_of(found)):
        expr = check_expressions.to_scalar(body, found, None, extent)
        return Scalar(body.stable_expr(expr, extent))
    return Fresh(check_expressions.take_over(body, found, extent))


def _bind_reference(body: Body, node: tree.BindReference) -> None:
    try:
        value = check_expressions.infer(body, node.value)
        if not isinstance(value, Stored):
            body.env.fail(
                Code.TYPE, "'ref' needs a place: a variable, a field or an element", node.span
            )
    except CheckFailed:
        body.bind(node.name.name, Poisoned())
        raise
    place = stable_in_block(body, value.place, node.span)
    local = value.variable if isinstance(value.place, ir.LocalPlace) else None
    body.bind(node.name.name, Variable(place, value.is_mutable, local))


def stable_in_block(body: Body, place: ir.Place, extent: tree.Extent) -> ir.Place:
    """Evaluate the indices in a place once, into locals that live as long as the block."""
    outer = body.temporaries
    body.temporaries = body.declared
    try:
        return body.stable(place, extent)
    finally:
        body.temporaries = outer


def _comptime(body: Body, node: tree.Comptime) -> None:
    body.bind(node.name.name, Poisoned())
    value = body.checker.evaluate(body.env, node.value, body)
    if node.annotation is not None:
        type_ = check_types.resolve_type(body.checker, body.env, node.annotation)
        value = body.checker.constant_as(body.env, value, type_, node.value.span)
    body.bind(node.name.name, LocalConstant(value))


# ------------------------------------------------------------------------------------------------------ assignments


def _assign(
    body: Body, node: tree.Assign, target: tree.Expression, value_node: tree.Expression
) -> None:
    if isinstance(target, tree.Tuple):
        values = _unpack(body, value_node, len(target.elements))
        for element, (value, extent) in zip(target.elements, values, strict=True):
            _assign_value(body, element, value, extent)
        return
    if isinstance(target, tree.Name) and target.name == "_":
        _expression(body, value_node)
        return
    if isinstance(target, tree.Name) or _constructed_field(body, target) is not None:
        expected = target_type(body, target)
        value = check_expressions.infer(body, value_node, expected)
        _assign_value(body, target, value, node.span)
        return
    if isinstance(target, tree.Subscript) and _assign_item(body, target, value_node, node.span):
        return
    place = assignable_place(body, target)
    mark = body.mark()
    value = check_expressions.infer(body, value_node, place.type)
    settled = body.settle(Stored(place, is_mutable=True), mark, target.span)
    assert isinstance(settled, Stored)
    check_calls.check_not_iterated(body, settled.place, target.span)
    check_expressions.store(body, settled.place, value, node.span, is_new=False)


def target_type(body: Body, target: tree.Expression) -> ir.Type | None:
    """Give the type of a plain variable or field, to guide the value's literals; None if it is not that simple."""
    if isinstance(target, tree.Name):
        binding = body.lookup(target.name)
        return binding.place.type if isinstance(binding, Variable) else None
    if isinstance(target, tree.Attribute):
        base = target_type(body, target.base)
        for field in body.checker.fields_of(base) if base is not None else ():
            if field.name == target.name:
                return field.type
    return None


def _assign_value(body: Body, target: tree.Expression, value: Value, extent: tree.Extent) -> None:
    """Assign a value that has been evaluated."""
    key = _constructed_field(body, target)
    if isinstance(target, tree.Name):
        _assign_name(body, target, value, extent)
    elif key is not None:
        assert isinstance(target, tree.Attribute)
        _assign_constructed(body, key, value, extent)
    else:
        effects = body.effects
        place = assignable_place(body, target)
        if body.effects != effects:
            body.env.unsupported("calls in the targets of an unpacking", target.span)
        check_calls.check_not_iterated(body, place, target.span)
        check_expressions.store(body, place, value, extent, is_new=False)


def assignable_place(body: Body, target: tree.Expression) -> ir.Place:
    """Evaluate an assignment's target."""
    if isinstance(target, tree.Tuple | tree.ListLiteral):
        body.env.unsupported("this form of assignment", target.span)
    value = check_expressions.infer(body, target)
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


def _assign_name(body: Body, target: tree.Name, value: Value, extent: tree.Extent) -> None:
    binding = body.lookup(target.name)
    match binding:
        case Poisoned():
            raise CheckFailed(None)
        case None | LocalConstant():
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
            check_calls.check_not_iterated(body, place, target.span)
            is_new = local is not None and body.state(local) is State.EMPTY
            check_expressions.store(body, place, value, extent, is_new=is_new)
            if local is not None:
                body.set_state(local, State.FULL)


def _constructed_field(body: Body, target: tree.Expression) -> tuple[ir.LocalId, str] | None:
    """Give the field of the object under construction that the target is; None if it is something else."""
    if body.constructed is None or not isinstance(target, tree.Attribute):
        return None
    if not isinstance(target.base, tree.Name):
        return None
    binding = body.lookup(target.base.name)
    if not isinstance(binding, Variable) or binding.local != body.constructed:
        return None
    type_ = body.checker.struct_of(body.result_type).field_type(target.name)
    return None if type_ is None else (body.constructed, target.name)


def _assign_constructed(
    body: Body, key: tuple[ir.LocalId, str], value: Value, extent: tree.Extent
) -> None:
    """Assign a field of the object under construction: it may be empty."""
    local, name = key
    type_ = body.checker.struct_of(body.result_type).field_type(name)
    assert type_ is not None
    state = body.state(key)
    if state is State.UNSURE and body.checker.is_owned(type_):
        body.env.unsupported("assigning a field that only some paths have initialised", extent)
    place = ir.FieldPlace(ir.LocalPlace(local, body.result_type), name, type_)
    check_expressions.store(body, place, value, extent, is_new=state is State.EMPTY)
    body.set_state(key, State.FULL)


def _assign_item(
    body: Body, target: tree.Subscript, value: tree.Expression, extent: tree.Extent
) -> bool:
    """Assign through `__setitem__`, if the base is a variable or field of a struct that has it."""
    type_ = target_type(body, target.base)
    methods = body.checker.methods_of(type_).get("__setitem__") if type_ is not None else None
    if methods is None or not isinstance(type_, ir.StructType):
        return False
    receiver = check_expressions.infer(body, target.base)
    given = check_calls.given_arguments(body, target.arguments)
    new = check_expressions.infer(body, value)
    functions = Functions("__setitem__", methods, receiver=receiver, struct=type_)
    check_calls.call_values(body, functions, [*given, (None, new, value.span)], extent)
    return True


def _augmented(body: Body, node: tree.AugmentedAssign) -> None:
    if isinstance(node.target, tree.Name) and body.lookup(node.target.name) is None:
        value = tree.Integer(node.value.span, "0")
        _assign_name(body, node.target, check_expressions.infer(body, value), node.span)
    if isinstance(node.target, tree.Subscript) and _augment_item(body, node):
        return
    place = assignable_place(body, node.target)
    augment_place(body, node, place)


def augment_place(body: Body, node: tree.AugmentedAssign, place: ir.Place) -> None:
    """Update a place that is evaluated once."""
    mark = body.mark()
    right = check_expressions.infer(body, node.value)
    current = body.settle(Stored(place, is_mutable=True), mark, node.target.span)
    assert isinstance(current, Stored)
    place = current.place
    if not is_scalar(place.type):
        check_calls.check_not_iterated(body, place, node.target.span)
        name = _in_place_name(node.op)
        if check_operators.call_dunder(body, name, current, [right], node.span) is not None:
            return
    result = check_operators.binary_values(
        body, node.op, (current, node.target.span), (right, node.value.span), node.span
    )
    check_expressions.store(body, place, result, node.span, is_new=False)


def _in_place_name(op: str) -> str:
    names = {"+": "iadd", "-": "isub", "*": "imul", "/": "itruediv", "//": "ifloordiv"}
    names |= {"%": "imod", "**": "ipow", "&": "iand", "|": "ior", "^": "ixor"}
    names |= {"<<": "ilshift", ">>": "irshift"}
    return f"__{names[op]}__"


def _augment_item(body: Body, node: tree.AugmentedAssign) -> bool:
    """Update an item behind `__getitem__` and `__setitem__`; only plain variables as bases, evaluated twice."""
    target = node.target
    assert isinstance(target, tree.Subscript)
    if not isinstance(target.base, tree.Name):
        return False
    binding = body.lookup(target.base.name)
    if not isinstance(binding, Variable) or "__setitem__" not in body.checker.methods_of(
        binding.place.type
    ):
        return False
    if not all(isinstance(a.value, tree.Name | tree.Integer) for a in target.arguments):
        body.env.unsupported("updating an item of a struct with a computed index", node.span)
    value = tree.Binary(node.span, node.op, target, node.value)
    _assign(body, tree.Assign(node.span, target, value), target, value)
    return True


# ----------------------------------------------------------------------------------------------------------- control


def _if(body: Body, node: tree.If) -> None:
    if node.is_comptime:
        value = body.checker.evaluate(body.env, node.condition, body)
        constant = check_expressions.truth(body, value, node.condition.span)
        if not isinstance(constant, ir.Const):
            body.env.unsupported("computing this condition at compile time", node.condition.span)
        chosen = node.then if constant.value else node.otherwise
        for statement in nested_block(body, chosen, node.span):
            body.block.append(statement)
        return
    condition = check_expressions.to_condition(body, node.condition)
    before = dict(body.flow) if body.flow is not None else None
    then = nested_block(body, node.then, node.span)
    after_then, body.flow = body.flow, before
    otherwise = nested_block(body, node.otherwise, node.span)
    flows: list[Flow] = [flow for flow in (after_then, body.flow) if flow is not None]
    body.flow = before
    body.emit(ir.If(condition, then, otherwise, body.env.span(node.span)))
    body.flow = merge(flows)


def _return(body: Body, node: tree.Return) -> None:
    try:
        _check_result(body, node)
        body.emit(ir.Return(body.env.span(node.span)))
    finally:
        body.leave()


def _check_result(body: Body, node: tree.Return) -> None:
    if node.value is not None and not isinstance(node.value, tree.NoneLiteral):
        _return_value(body, node.value, node.span)
    elif body.result is not None and body.constructed is None and not _named_result(body):
        body.env.fail(
            Code.TYPE, f"'return' needs a '{type_name(body.result_type)}' value", node.span
        )
    elif body.result is not None:
        require_result(body, node.span)


def _named_result(body: Body) -> bool:
    return body.result is not None and not body.locals[body.result].name.startswith("$")


def _return_value(body: Body, node: tree.Expression, extent: tree.Extent) -> None:
    if body.result is None or _named_result(body):
        value = check_expressions.infer(body, node)
        if isinstance(value, Nothing):
            return
        body.env.fail(Code.TYPE, "this function has no result to return", extent)
    value = check_expressions.infer(body, node, body.result_type)
    value = check_expressions.to_value(body, value, body.result_type, node.span)
    value = check_expressions.owned(body, value, node.span)
    place = ir.LocalPlace(body.result, body.result_type)
    check_expressions.store(body, place, value, extent, is_new=True)


def require_result(body: Body, extent: tree.Extent) -> None:
    """Check at a function's end that its result has been given."""
    if body.flow is None or body.result is None:
        return
    if body.constructed is not None:
        for field in body.checker.fields_of(body.result_type):
            if body.state((body.constructed, field.name)) is not State.FULL:
                body.env.fail(
                    Code.OWNERSHIP, f"field 'self.{field.name}' is not initialised here", extent
                )
    elif _named_result(body):
        body.use(body.result, body.locals[body.result].name, extent)
    else:
        body.env.fail(Code.FLOW, "return expected at end of function with results", extent)


def _raise(body: Body, node: tree.Raise) -> None:
    if node.value is None:
        body.env.unsupported("'raise' without a value", node.span)
    if not body.raises and not body.handlers:
        body.env.fail(
            Code.RAISES,
            "cannot raise in a function that does not say so",
            node.span,
            suggestion="mark the function 'raises'",
        )
    value = check_expressions.infer(body, node.value)
    error = body.checker.error_type(body.env, node.span)
    if isinstance(value, StringLiteral) or (
        isinstance(value, Stored | Fresh) and value.place.type == body.checker.string_type_or_none()
    ):
        functions = Functions("__init__", body.checker.constructors_of(error), struct=error)
        value = check_calls.call_values(body, functions, [(None, value, node.span)], node.span)
    value = check_expressions.to_value(body, value, None, node.span)
    if check_expressions.type_of(value) != error:
        body.env.unsupported("raising a value of another type than Error", node.span)
    place = check_expressions.take_over(body, value, node.span)
    body.may_raise()
    body.emit(ir.Raise(place, body.env.span(node.span)))
    body.leave()


def _try(body: Body, node: tree.Try) -> None:
    if node.final:
        _try_finally(body, node)
        return
    assert node.handler is not None
    error_type = body.checker.error_type(body.env, node.span)
    error = body.temporary(error_type, node.span)
    if node.error is not None:
        body.locals[error.local] = ir.Local(
            node.error.name, error_type, body.env.span(node.error.span)
        )
    body.handlers.append([])
    inner = nested_block(body, node.body, node.span)
    raised = body.handlers.pop()
    after_body = body.flow
    otherwise: ir.Block = ()
    if node.otherwise:
        otherwise = nested_block(body, node.otherwise, node.span)
        after_body = body.flow
    body.flow = merge(raised)

    def handle() -> None:
        if node.error is not None:
            body.bind(node.error.name, Variable(error, is_mutable=True, local=error.local))
            body.set_state(error.local, State.FULL)
        check_block(body, node.handler or ())

    handler = body.nested(handle, node.span)
    flows = [flow for flow in (after_body, body.flow) if flow is not None]
    body.flow = {}
    body.emit(ir.Try(inner, error.local, handler, otherwise, body.env.span(node.span)))
    body.flow = merge(flows)


def _try_finally(body: Body, node: tree.Try) -> None:
    """Lower `finally` by running it on both ways out; jumps out of the body are not supported."""
    parts = [*node.body, *(node.handler or ()), *node.otherwise]
    if any(_jumps(statement) for statement in parts):
        body.env.unsupported("'return', 'break' or 'continue' inside 'try … finally'", node.span)
    inner: tuple[tree.Statement, ...] = node.body
    if node.handler is not None:
        inner = (tree.Try(node.span, node.body, node.error, node.handler, node.otherwise, ()),)
    name = tree.Name(node.span, "$error")
    again = tree.Raise(node.span, tree.Transfer(node.span, name))
    may_leave = body.raises or bool(body.handlers)
    handler = (*node.final, again) if may_leave else node.final
    _try(body, tree.Try(node.span, inner, name, handler, node.final, ()))


def _jumps(node: tree.Statement) -> bool:
    match node:
        case tree.Return() | tree.Break() | tree.Continue():
            return True
        case tree.If(then=then, otherwise=otherwise):
            return any(_jumps(child) for child in (*then, *otherwise))
        case (
            tree.While(body=inner, otherwise=otherwise) | tree.For(body=inner, otherwise=otherwise)
        ):
            return any(_jumps(child) for child in (*inner, *otherwise))
        case tree.Try(body=inner, handler=handler, otherwise=otherwise, final=final):
            return any(_jumps(child) for child in (*inner, *(handler or ()), *otherwise, *final))
        case _:
            return False


def _assert(body: Body, node: tree.Assert) -> None:
    if node.is_comptime:
        value = body.checker.evaluate(body.env, node.condition, body)
        constant = check_expressions.truth(body, value, node.condition.span)
        if isinstance(constant, ir.Const) and constant.value:
            return
        body.env.fail(Code.CONSTANT, "this assertion does not hold", node.span)
    # Off by default in the language: checked for its types, then left out.
    flow = dict(body.flow) if body.flow is not None else None
    temporaries = list(body.temporaries)
    body.collect(lambda: check_expressions.to_condition(body, node.condition))
    body.temporaries[:] = temporaries
    body.flow = flow
