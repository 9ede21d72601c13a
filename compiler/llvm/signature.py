"""The calling convention of functions in LLVM IR, known only to this module, `function.py` and `lower.py`.

* scalars by value, everything else by address;
* the result of a function that cannot raise is a value if it is scalar;
* any other result is stored through the first parameter, `%result`;
* a function that raises returns i32, 0 or 1, and stores the error through its last parameter,
  `%error`.
"""

from meshnode.compiler import ir
from meshnode.compiler.layout import Structs, alignment_of, size_of
from meshnode.compiler.llvm.text import value_type


def signature(function: ir.Function, structs: Structs) -> tuple[str, list[str]]:
    """Give a function's LLVM result type and parameters, `TYPE %name`.

    Nothing else names the memory behind `%result` and `%error`: callers pass slots of their own (`_result_address`).
    Nor behind what is handed over: the language lets nothing refer to a value that is moved.
    Nor does anything write what is read by reference if the function has no other way to the outside.
    """
    is_closed = all(
        parameter.passing in (ir.Passing.VALUE, ir.Passing.READ)
        and _holds_no_pointers(function.locals[parameter.local].type, structs)
        for parameter in function.parameters
    )
    parameters = []
    if has_result_pointer(function):
        parameters.append("ptr noalias %result")
    for index, parameter in enumerate(function.parameters):
        type_ = function.locals[parameter.local].type
        is_value = parameter.passing is ir.Passing.VALUE and not isinstance(type_, ir.StructType)
        kind = value_type(type_) if is_value else _reference(type_, structs)
        is_alone = parameter.passing is ir.Passing.OWNED or (
            is_closed and parameter.passing is ir.Passing.READ
        )
        if is_alone and not is_value:
            kind += " noalias"
        parameters.append(f"{kind} %a{index}")
    if function.raises:
        parameters.append("ptr noalias %error")
        return "i32", parameters
    if function.result is None or has_result_pointer(function):
        return "void", parameters
    return value_type(function.locals[function.result].type), parameters


def _reference(type_: ir.Type, structs: Structs) -> str:
    """Write the type of a by-reference parameter: it always points to a whole value."""
    size, alignment = size_of(type_, structs), alignment_of(type_, structs)
    if size == 0:
        return "ptr"
    return f"ptr nonnull align {alignment} dereferenceable({size})"


def _holds_no_pointers(
    type_: ir.Type, structs: Structs, around: frozenset[ir.StructId] = frozenset()
) -> bool:
    """Tell whether a value leads to no memory but that which it owns as a List."""
    if not isinstance(type_, ir.StructType):
        return not isinstance(type_, ir.PointerType)
    if type_.struct in around:
        return True
    struct, around = structs[type_.struct], around | {type_.struct}
    if struct.element is not None:
        return _holds_no_pointers(struct.element, structs, around)
    return all(_holds_no_pointers(field.type, structs, around) for field in struct.fields)


def has_result_pointer(function: ir.Function) -> bool:
    """Tell whether the result goes through memory."""
    if function.result is None:
        return False
    return function.raises or isinstance(function.locals[function.result].type, ir.StructType)
