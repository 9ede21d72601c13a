"""Packs: `*args: *Ts` takes arguments of different types; each of them is an argument of its own in the instance."""

from collections.abc import Sequence

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.check.body import Body, LocalConstant, Variable
from meshnode.compiler.check.calls import members as check_members
from meshnode.compiler.check.calls.arguments import Bound, Gathered
from meshnode.compiler.check.values import Env, Given, Pack, Signature, Stored, Value
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.literals import IntLiteral


def types_name(parameter: tree.FunctionParameter) -> str | None:
    """Give the name of the pack of types that a variadic argument has; None for other arguments."""
    match parameter.annotation:
        case tree.Spread(value=tree.Name(name=name)) if parameter.kind == "star":
            return name
        case _:
            return None


def members(
    env: Env, parameter: tree.FunctionParameter, fields: Sequence[ir.Field]
) -> list[tuple[tree.FunctionParameter, ir.Type]]:
    """Give the arguments that a pack stands for in an instance."""
    if parameter.convention not in (None, "imm"):
        env.unsupported(f"'{parameter.convention}' packs", parameter.span)
    return [
        (msgspec.structs.replace(parameter, name=_name(parameter.name, index)), field.type)
        for index, field in enumerate(fields)
    ]


def _name(pack: str, index: int) -> str:
    return f"{pack}.{index}"


def expand(node: tree.Function, bound: Bound) -> Bound:
    """Give the arguments with those of packs one by one."""
    result = dict(bound)
    for parameter in node.parameters:
        gathered = bound.get(parameter.name)
        if types_name(parameter) is None or not isinstance(gathered, Gathered):
            continue
        del result[parameter.name]
        for index, item in enumerate(gathered.items):
            result[_name(parameter.name, index)] = item
    return result


def bind(body: Body, node: tree.Function, signature: Signature) -> None:
    """Let a pack's name stand for its arguments, in the function that takes them."""
    for parameter in node.parameters:
        if types_name(parameter) is None:
            continue
        items: list[Value] = []
        for member in signature.parameters:
            if member.name == _name(parameter.name, len(items)):
                binding = body.lookup(member.name)
                if isinstance(binding, Variable):
                    items.append(Stored(binding.place, is_mutable=False))
                else:
                    assert isinstance(binding, LocalConstant)  # a function
                    items.append(binding.value)
        body.bind(parameter.name, LocalConstant(Pack(tuple(items))))


def element(body: Body, node: tree.Subscript, pack: Pack) -> Value:
    """Evaluate `args[i]`."""
    index = check_members.subscript_index(body, node)
    if not isinstance(index, ir.Const):
        body.env.fail(
            Code.CONSTANT,
            "the index of arguments of different types must be a constant",
            node.span,
            suggestion="go over them with 'comptime for i in range(args.__len__()):'",
        )
    position = int(index.value)
    if not 0 <= position < len(pack.items):
        body.env.fail(Code.CONSTANT, f"there is no argument {position} here", node.span)
    return pack.items[position]


def length(pack: Pack) -> Value:
    """Give the number of arguments."""
    return IntLiteral(len(pack.items))


def spread(body: Body, value: Value, extent: tree.Extent) -> list[Given]:
    """Give the arguments that `*args` in a call stands for."""
    if not isinstance(value, Pack):
        body.env.unsupported("'*' before an argument that is no pack", extent)
    return [(None, item, extent) for item in value.items]
