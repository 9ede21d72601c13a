"""DTypes as parameters and values, and the types `SIMD[dtype, n]` and `Scalar[dtype]` that they make."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.check import conversions
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.types import dtype_names, types
from meshnode.compiler.check.values import (
    Builtin,
    Env,
    ParameterValue,
    Scalar,
    TypeName,
    Value,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import StructSymbol
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker

_VECTOR_BITS = 128
"""Width of the vectors of WebAssembly."""

_PARAMETERS = ("dtype", "length")


def is_vector_name(env: Env, node: tree.Expression) -> bool:
    """Tell whether a name is the library's `SIMD` or `Scalar`."""
    if not isinstance(node, tree.Name):
        return False
    symbol = env.module.names.get(node.name)
    if node.name == "Scalar":
        return symbol is None
    return node.name == "SIMD" and isinstance(symbol, StructSymbol) and symbol.module.is_prelude


def vector_type(checker: "Checker", env: Env, node: tree.Subscript) -> ir.Type:
    """Give the type `SIMD[dtype, n]` or `Scalar[dtype]`."""
    bound = _bind(node)
    if bound is None or "dtype" not in bound:
        env.fail(Code.TYPE, "expected 'SIMD[dtype, n]' or 'Scalar[dtype]'", node.span)
    dtype = conversions.constant_of_type(checker, env, bound["dtype"], ir.DTYPE)
    element = dtype_names.element_of(dtype)
    if "length" not in bound:
        if isinstance(node.base, tree.Name) and node.base.name == "SIMD":
            env.fail(Code.TYPE, "'SIMD' needs its parameter 'length'", node.span)
        return element
    length = conversions.constant_of_type(checker, env, bound["length"], ir.INT)
    lanes = int(length.value)
    if not 1 <= lanes <= dtype_names.LANES_MAX or lanes & (lanes - 1):
        message = f"a vector's length must be a power of two between 1 and 2**15, not {lanes}"
        env.fail(Code.CONSTANT, message, node.span)
    return dtype_names.vector(element, lanes)


def _bind(node: tree.Subscript) -> dict[str, tree.Expression] | None:
    """Match `[dtype, n]` with the names of the parameters; None if they do not fit."""
    is_scalar = isinstance(node.base, tree.Name) and node.base.name == "Scalar"
    names = _PARAMETERS[:1] if is_scalar else _PARAMETERS
    positional = iter(names)
    bound: dict[str, tree.Expression] = {}
    for argument in node.arguments:
        name = argument.name or next(positional, None)
        if name is None or name not in names or name in bound:
            return None
        bound[name] = argument.value
    return bound


def infer_from_vector(
    node: tree.Subscript, type_: ir.Type, found: dict[str, ParameterValue | None]
) -> None:
    """Bind the unknown names in `SIMD[dt, n]` that make it the given type."""
    dtype, bound = dtype_names.dtype_of(type_), _bind(node)
    if dtype is None or bound is None:
        return
    if "length" not in bound and isinstance(type_, ir.VectorType) and len(node.arguments) == 1:
        is_scalar = isinstance(node.base, tree.Name) and node.base.name == "Scalar"
        if is_scalar:
            return
    values = {"dtype": dtype, "length": ir.Const(ir.INT, dtype_names.lanes_of(type_))}
    for name, value in values.items():
        written = bound.get(name)
        if isinstance(written, tree.Name):
            key = written.name
        elif isinstance(written, tree.Attribute) and isinstance(written.base, tree.Name):
            key = f"{written.base.name}.{written.name}"
        else:
            continue
        if key in found and found[key] is None:
            found[key] = value


def parameter_of(type_: ir.Type, name: str) -> ir.Const | None:
    """Give the value of `T.dtype` or `T.length`; None if the type has no such parameter."""
    dtype = dtype_names.dtype_of(type_)
    if dtype is None:
        return None
    if name == "dtype":
        return dtype
    return ir.Const(ir.INT, dtype_names.lanes_of(type_)) if name == "length" else None


def member(env: Env, node: tree.Attribute) -> Value | None:
    """Give `DType.float64`; None if there is no such member."""
    if node.name in dtype_names.ELEMENTS:
        return Scalar(dtype_names.dtype(node.name))
    if node.name in dtype_names.ABSENT:
        env.unsupported(f"'DType.{node.name}'", node.span)
    return None


# --------------------------------------------------------------------------------------------- questions to a DType


def _is_unsigned(element: dtype_names.Element) -> bool:
    return isinstance(element, ir.IntType) and not element.is_signed


_QUESTIONS: Mapping[str, Callable[[dtype_names.Element], bool]] = {
    "is_floating_point": lambda e: isinstance(e, ir.FloatType),
    "is_integral": lambda e: isinstance(e, ir.IntType),
    "is_numeric": lambda e: not isinstance(e, ir.BoolType),
    "is_signed": lambda e: not isinstance(e, ir.BoolType) and not _is_unsigned(e),
    "is_unsigned": _is_unsigned,
    "is_half_float": lambda _: False,
    "is_float8": lambda _: False,
}


def answer(receiver: Value, name: str) -> Value | None:
    """Give `dtype.is_integral()` and the like of a constant; None for other receivers and methods."""
    question = _QUESTIONS.get(name)
    match receiver:
        case Scalar(ir.Const(ir.DTypeType()) as constant) if question is not None:
            return Scalar(ir.Const(ir.BOOL, question(dtype_names.element_of(constant))))
        case _:
            return None


# ------------------------------------------------------------------------------------------- sizes, known to std.sys


def _asked_type(body: Body, builtin: Builtin, node: tree.Call) -> ir.Type:
    """Give the type in `size_of[T]()`, where a DType stands for its scalar."""
    arguments = [argument for argument in builtin.parameters if argument.name in {None, "dtype"}]
    if len(arguments) != 1 or node.arguments:
        body.env.fail(Code.CALL, f"'{builtin.name}' takes one type in brackets", node.span)
    written = arguments[0].value
    value = body.checker.constants.evaluate(body.env, written, body)
    match value:
        case TypeName(type_):
            return type_
        case Scalar(ir.Const(ir.DTypeType()) as constant):
            return dtype_names.element_of(constant)
        case _:
            return types.resolve_type(body.checker, body.env, written)


def _size_of(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    size = body.checker.types.size_of(_asked_type(body, builtin, node))
    return Scalar(ir.Const(ir.INT, size))


def _align_of(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    types = body.checker.types
    return Scalar(ir.Const(ir.INT, types.alignment_of(_asked_type(body, builtin, node))))


def _bit_width_of(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    size = body.checker.types.size_of(_asked_type(body, builtin, node))
    return Scalar(ir.Const(ir.INT, 8 * size))


def _simd_width_of(body: Body, builtin: Builtin, node: tree.Call) -> Value:
    type_ = _asked_type(body, builtin, node)
    if dtype_names.dtype_of(type_) is None:
        body.env.fail(Code.TYPE, f"'{type_name(type_)}' is no number", node.span)
    bits = 8 * body.checker.types.size_of(dtype_names.element_type(type_))
    return Scalar(ir.Const(ir.INT, _VECTOR_BITS // bits))


SIZES: Mapping[str, Callable[[Body, Builtin, tree.Call], Value]] = {
    "size_of": _size_of,
    "align_of": _align_of,
    "bit_width_of": _bit_width_of,
    "simd_width_of": _simd_width_of,
}
"""What `std.sys` exports and the checker computes."""
