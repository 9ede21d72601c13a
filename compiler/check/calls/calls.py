"""Calls: which overload is meant, what its parameters are, and how the arguments reach it."""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import (
    conversions,
    dangling,
    exclusive,
    expressions,
    lenient,
    operators,
    raising,
    references,
    templates,
    testing,
    tuples,
)
from meshnode.compiler.check.body import Body, fresh
from meshnode.compiler.check.calls import (
    borrowed_results,
    builtins,
    closures,
    construction,
    function_values,
    overloads,
    packs,
    writers,
)
from meshnode.compiler.check.calls.arguments import Gathered
from meshnode.compiler.check.exclusive import Passed
from meshnode.compiler.check.types import dtypes, vectors
from meshnode.compiler.check.types import parameters as check_parameters
from meshnode.compiler.check.types import synthesised as check_synthesised
from meshnode.compiler.check.values import (
    Builtin,
    Fresh,
    Functions,
    GenericStruct,
    Given,
    Nothing,
    Pack,
    Scalar,
    ScalarMethod,
    Signature,
    SignatureParameter,
    Stored,
    StringLiteral,
    TypeName,
    Value,
    is_scalar,
    root_local,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import IntLiteral


def call(body: Body, node: tree.Call, expected: ir.Type | None) -> Value:  # noqa: PLR0911, C901 - one case a type
    """Evaluate a call of whatever kind."""
    if lenient.is_require_trait(body, node):
        return lenient.require_trait(body, node)
    node = testing.as_argument(node) or node
    if _is_plain_tuple(body, node):
        values = tree.Tuple(node.span, tuple(argument.value for argument in node.arguments))
        return expressions.infer(body, values, expected)
    callee = expressions.infer(body, node.callee)
    match callee:
        case Builtin():
            return builtins.call(body, callee, node, expected)
        case TypeName(ir.VectorType() as type_):
            return vectors.construct(body, type_, node)
        case TypeName(type_) if is_scalar(type_):
            return builtins.convert(body, type_, node)
        case TypeName(type_):
            return construction.construct_written(body, type_, node)
        case GenericStruct():
            return construction.construct_inferred(body, callee, node, expected)
        case Functions():
            return call_functions(body, callee, node.arguments, node.span, node)
        case ScalarMethod(parameters=parameters) if parameters:
            return vectors.shuffle(body, callee, node)
        case ScalarMethod(receiver, name):
            return _call_scalar_method(body, receiver, name, node)
        case _:
            pass
    return _call_value(body, callee, node)


def _is_plain_tuple(body: Body, node: tree.Call) -> bool:
    """Tell whether a call is `Tuple(a, b)`, which is the same as `(a, b)`."""
    return (
        isinstance(node.callee, tree.Name)
        and node.callee.name == "Tuple"
        and all(argument.name is None for argument in node.arguments)
        and body.lookup("Tuple") is None
        and "Tuple" not in body.env.module.names
    )


def _call_value(body: Body, callee: Value, node: tree.Call) -> Value:
    """Call what a value holds: a closure, a function, or an object with `__call__`."""
    value = conversions.to_value(body, callee, None, node.callee.span)
    closure = closures.unpack(body, value)
    if closure is not None:
        return call_functions(body, closure, node.arguments, node.span)
    type_ = conversions.type_of(value)
    function_type = body.checker.function_types.find(type_)
    if function_type is not None:
        value = function_values.number_of(value)
        functions = Functions("__call_thin", [function_type.symbol], receiver=value)
        return call_functions(body, functions, node.arguments, node.span)
    methods = body.checker.types.methods_of(type_).get("__call__")
    if methods is None:
        body.env.fail(Code.CALL, f"'{type_name(type_)}' value cannot be called", node.span)
    functions = Functions("__call__", methods, receiver=value, struct=_struct(type_))
    return call_functions(body, functions, node.arguments, node.span)


_INTO = {"write_to": "_write", "write_repr_to": "_write_repr", "__hash__": "_hash_into"}
"""Methods that every value of the library has, and the functions that do what they mean."""


def _call_scalar_method(body: Body, receiver: Value, name: str, node: tree.Call) -> Value:
    if isinstance(receiver, Pack):
        return packs.length(receiver)
    if name in tuples.METHODS:
        return tuples.call(body, receiver, name, node)
    if name == "format":
        return templates.format_text(body, receiver, node)
    if name == "copy" and not node.arguments:
        return _copy(body, receiver, node.span)
    if name == "write" and not is_scalar(conversions.type_of(receiver)):
        return builtins.write_all(body, receiver, node)
    if name in _INTO:
        if len(node.arguments) != 1:
            body.env.fail(Code.CALL, f"'{name}' takes one argument: where it goes", node.span)
        into = expressions.infer(body, node.arguments[0].value)
        return operators.call_prelude(body, _INTO[name], [into, receiver], node.span)
    answer = dtypes.answer(receiver, name)
    if answer is not None:
        return answer
    type_ = conversions.type_of(receiver)
    body.env.unsupported(f"'{name}' of '{type_name(type_)}'", node.span)


def _struct(type_: ir.Type) -> ir.StructType:
    assert isinstance(type_, ir.StructType)
    return type_


def _copy(body: Body, receiver: Value, extent: tree.Extent) -> Value:
    type_ = conversions.type_of(receiver)
    if is_scalar(type_):
        return Scalar(conversions.to_scalar(body, receiver, type_, extent))
    place = conversions.to_place(body, receiver, type_, extent)
    body.checker.types.require_copyable(type_, body.env, extent)
    return Fresh(conversions.copy_value(body, place, extent))


def given_arguments(body: Body, arguments: Sequence[tree.Argument]) -> list[Given]:
    """Evaluate written arguments in order."""
    nodes = [a.value.value if isinstance(a.value, tree.Spread) else a.value for a in arguments]
    given: list[Given] = []
    values = expressions.infer_all(body, nodes)
    for argument, value in zip(arguments, values, strict=True):
        if isinstance(argument.value, tree.Spread):
            given += packs.spread(body, value, argument.span)
        else:
            given.append((argument.name, value, argument.value.span))
    return given


def call_functions(
    body: Body,
    functions: Functions,
    arguments: Sequence[tree.Argument],
    extent: tree.Extent,
    node: tree.Call | None = None,
) -> Value:
    """Call one of an overload set with written arguments; `node` is the call, if it is written as one."""
    mark = body.mark()
    given = given_arguments(body, arguments)
    if node is not None:
        given += testing.location(body, functions, given, node)
    if functions.receiver is not None:
        receiver = body.settle(functions.receiver, mark, extent)
        functions = replace(functions, receiver=receiver)
    return call_values(body, functions, given, extent)


def with_parameters(body: Body, functions: Functions, node: tree.Subscript) -> Functions:
    """Give `f[Int]`: the overload set with what is written in square brackets."""
    written = check_parameters.write(body.env, node.arguments, body)
    return replace(functions, parameters=(*functions.parameters, *written))


# -------------------------------------------------------------------------------------------------------- overloads


def call_values(
    body: Body, functions: Functions, given: Sequence[Given], extent: tree.Extent
) -> Value:
    """Choose the overload that the arguments mean, and call it."""
    if functions.name == "_write" and functions.functions[0].module.is_prelude:
        written = writers.write_struct(body, given, extent)
        if written is not None:
            return written
    synthesised = check_synthesised.call(body, functions, given, extent)
    if synthesised is not None:
        return synthesised
    delivered = writers.deliver(body, functions, given, extent)
    if delivered is not None:
        return delivered
    match_ = overloads.choose(body, functions, given, extent)
    body.checker.request(match_.symbol, match_.signature, body.env.span(extent))
    return _emit(body, functions, match_, extent)


# --------------------------------------------------------------------------------------------------------- emission


def _emit(body: Body, functions: Functions, match_: overloads.Match, extent: tree.Extent) -> Value:
    """Emit the call; gives its result."""
    signature = match_.signature
    passed: list[Passed] = []
    for hidden, stored in closures.captured_arguments(body, functions, extent):
        argument = _pass(body, hidden, stored, extent)
        passed.append(Passed(-1, hidden, argument, stored.place, is_captured=True))
    for number, (parameter, given) in enumerate(
        zip(signature.parameters, match_.arguments, strict=True)
    ):
        if isinstance(given, Gathered):
            gathered = _gather(body, parameter, given, extent)
            passed.append(Passed(number, parameter, ir.ByReference(gathered), gathered))
            continue
        value, place = _default(body, signature, parameter) if given is None else given[1:]
        closure = closures.expand(body, parameter, value, place)
        if closure is None:
            argument = _pass(body, parameter, value, place)
            seen = argument.place if isinstance(argument, ir.ByReference) else None
            passed.append(Passed(number, parameter, argument, seen))
            continue
        for hidden, stored in closure:
            argument = _pass(body, hidden, stored, place)
            passed.append(Passed(number, hidden, argument, stored.place, is_captured=True))
    exclusive.check(body, passed, extent)
    arguments = [item.argument for item in passed]
    target = None
    if signature.result != ir.UNIT:
        target = body.temporary(signature.result, extent)
    call_ = ir.Call(target, signature.function, tuple(arguments), body.env.span(extent))
    body.effects += 1
    if signature.error is None:
        body.emit(call_)
    else:
        raising.emit_call(body, call_, match_.symbol.node.name.name, signature.error, extent)
    _note_places(body, match_, passed, target, extent)
    return _result(body, match_, target)


def _note_places(
    body: Body,
    match_: overloads.Match,
    passed: Sequence[Passed],
    target: ir.LocalPlace | None,
    extent: tree.Extent,
) -> None:
    """Note what the call has changed, and what its result looks into."""
    if body.env.module.is_prelude:
        return
    for item in passed:
        is_changed = item.parameter.passing is ir.Passing.MUTATE and item.place is not None
        if is_changed and not (item.is_captured or borrowed_results.reads_only(match_, item)):
            assert item.place is not None
            dangling.changed(body, item.place, extent)
    borrowed_results.note(body, match_, target)


def _result(body: Body, match_: overloads.Match, target: ir.LocalPlace | None) -> Value:
    """Give what a call that was emitted has left in `target`."""
    if references.never_returns(match_.symbol):
        body.leave()
    if target is None:
        return Nothing()
    if match_.signature.reference is not None:
        return references.place_of(target, match_.signature.reference)
    if references.is_reference(match_.symbol):
        return references.referred(body, target, match_.arguments[0])
    return fresh(target)


def _gather(
    body: Body, parameter: SignatureParameter, gathered: Gathered, extent: tree.Extent
) -> ir.Place:
    """Put the arguments of a variadic parameter into a list, or into a dictionary with their names."""
    type_ = parameter.type
    assert isinstance(type_, ir.StructType)
    is_named = parameter.node.kind == "double_star"
    capacity: Mapping[str, Value] = (
        {} if is_named else {"capacity": IntLiteral(len(gathered.items))}
    )
    target = construction.construct(body, type_, capacity, extent)
    receiver = Stored(target, is_mutable=True)
    name = "__setitem__" if is_named else "append"
    methods = Functions(name, body.checker.types.methods_of(type_)[name], receiver, type_)
    element = overloads.gathered_type(body, parameter)
    for keyword, value, place in gathered.items:
        found = conversions.to_value(body, value, element, place)
        if isinstance(found, Stored) and not is_scalar(element):
            found = _copy(body, found, place)
        given: list[Given] = [(None, found, place)]
        if keyword is not None:
            given.insert(0, (None, StringLiteral(keyword), place))
        call_values(body, methods, given, place)
    return target


def _default(
    body: Body, signature: Signature, parameter: SignatureParameter
) -> tuple[Value, tree.Extent]:
    """Evaluate a default where the function stands, not where it is called."""
    assert parameter.default is not None
    env, scopes = body.env, body.scopes
    body.env, body.scopes = signature.env, [{}]
    try:
        value = expressions.infer(body, parameter.default, parameter.type)
        value = conversions.to_value(body, value, parameter.type, parameter.default.span)
    finally:
        body.env, body.scopes = env, scopes
    return value, parameter.default.span


def _pass(
    body: Body, parameter: SignatureParameter, value: Value, extent: tree.Extent
) -> ir.Argument:
    """Bring one argument into the form in which its parameter takes it."""
    match parameter.passing:
        case ir.Passing.VALUE:
            return ir.ByValue(conversions.to_scalar(body, value, parameter.type, extent))
        case ir.Passing.READ:
            return ir.ByReference(conversions.to_place(body, value, parameter.type, extent))
        case ir.Passing.MUTATE:
            return ir.ByReference(_mutable_place(body, parameter, value, extent))
        case ir.Passing.OWNED:
            found = conversions.to_value(body, value, parameter.type, extent)
            return ir.ByReference(conversions.take_over(body, found, extent))


def _mutable_place(
    body: Body, parameter: SignatureParameter, value: Value, extent: tree.Extent
) -> ir.Place:
    found = conversions.to_value(body, value, parameter.type, extent)
    match found:
        case Stored(place, is_mutable=True):
            body.writes.append(root_local(place))
            return place
        case Fresh(place):
            return place
        case _:
            name = parameter.name
            what = "this value" if isinstance(found, Stored) else "a temporary value"
            body.env.fail(
                Code.MUTABILITY,
                f"argument '{name}' must be mutable: {what} cannot be changed",
                extent,
                suggestion="an argument may be changed if it is declared with 'mut' or 'var'",
            )
