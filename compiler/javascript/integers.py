"""Integer operators in JavaScript: on numbers where intervals allow it, on BigInt otherwise, wrapped only where needed.

A 64-bit integer is a number exactly if its interval is safe (`Interval.is_safe`), and a BigInt otherwise; smaller
integers are always numbers. Zero is never negative zero, so that floats made of integers are right.
"""

from meshnode.compiler import ir
from meshnode.compiler.javascript.code import (
    ATOM,
    WIDE,
    WORD,
    Code,
    as_big,
    as_number,
    call,
    infix,
    whole,
)
from meshnode.compiler.javascript.intervals import INT32, SAFE_BITS, Interval, binary, interval_of

_SIMPLE = {
    ir.BinaryOp.ADD: "+",
    ir.BinaryOp.SUB: "-",
    ir.BinaryOp.MUL: "*",
    ir.BinaryOp.AND: "&",
    ir.BinaryOp.OR: "|",
    ir.BinaryOp.XOR: "^",
}
_DIVISIONS = {
    ir.BinaryOp.FLOOR_DIV: "floorDiv",
    ir.BinaryOp.TRUNC_DIV: "truncDiv",
    ir.BinaryOp.MOD: "floorMod",
}
_BITWISE = (ir.BinaryOp.AND, ir.BinaryOp.OR, ir.BinaryOp.XOR)


def is_big(type_: ir.IntType, interval: Interval) -> bool:
    """Tell whether values of such an interval are BigInts."""
    return type_.bits == WIDE and not interval.is_safe


def represented(code: Code, type_: ir.IntType, interval: Interval) -> Code:
    """Bring an exact integer, a number or BigInt in the type's range, into the form that its interval has."""
    return as_big(code) if is_big(type_, interval) else as_number(code)


def operation(
    expr: ir.Binary, left: tuple[Code, Interval], right: tuple[Code, Interval], result: Interval
) -> Code:
    """Write an integer operator; operands come with their intervals."""
    type_ = expr.type
    assert isinstance(type_, ir.IntType), expr
    op = expr.op
    numbers = _on_numbers(op, type_, left, right)
    if numbers is not None:
        return represented(numbers, type_, result)
    code = _on_bigs(op, type_, as_big(left[0]), as_big(right[0]))
    found = binary(op, left[1], right[1], type_.bits)
    if not _is_exact(op) and (found is None or not found.within(interval_of(type_))):
        code = wrapped(code, type_)
    return represented(code, type_, result)


def _is_exact(op: ir.BinaryOp) -> bool:
    """Tell whether an operator never leaves its operands' type."""
    return op in (*_BITWISE, ir.BinaryOp.MOD, ir.BinaryOp.SHR)


def wrapped(code: Code, type_: ir.IntType) -> Code:
    """Wrap an integer into a type's range: a BigInt, or a safe number for smaller types."""
    if code.is_big:
        name = f"{'int' if type_.is_signed else 'uint'}{type_.bits}"
        return call(name, code, is_big=type_.bits == WIDE)
    if type_.bits == WIDE:
        return wrapped(as_big(code), type_)
    zero = whole(0, is_big=False)
    if type_.bits == WORD:
        return infix("|" if type_.is_signed else ">>>", code, zero)
    if not type_.is_signed:
        return infix("&", code, whole((1 << type_.bits) - 1, is_big=False))
    count = whole(32 - type_.bits, is_big=False)
    return infix(">>", infix("<<", code, count), count)


def _on_numbers(  # noqa: PLR0911 - one case a kind of operator
    op: ir.BinaryOp, type_: ir.IntType, left: tuple[Code, Interval], right: tuple[Code, Interval]
) -> Code | None:
    """Write an operator on numbers if all that happens is exact."""
    (first, first_range), (second, second_range) = left, right
    if not (first_range.is_safe and second_range.is_safe):
        return None
    found = binary(op, first_range, second_range, type_.bits)
    fits = found is not None and found.within(interval_of(type_))
    match op:
        case ir.BinaryOp.ADD | ir.BinaryOp.SUB | ir.BinaryOp.MUL:
            assert found is not None
            if found.is_safe:
                code = infix(_SIMPLE[op], first, second)
                if fits:
                    return _without_negative_zero(op, code, first_range, second_range)
                return None if type_.bits == WIDE else wrapped(code, type_)
            if type_.bits == WORD:  # only a product can be so large
                code = call("Math.imul", first, second)
                return code if type_.is_signed else infix(">>>", code, whole(0, is_big=False))
            return None
        case ir.BinaryOp.AND | ir.BinaryOp.OR | ir.BinaryOp.XOR:
            return _bitwise(op, type_, left, right)
        case ir.BinaryOp.FLOOR_DIV | ir.BinaryOp.TRUNC_DIV | ir.BinaryOp.MOD:
            code = _division(op, first, first_range, second, second_range)
            if op is ir.BinaryOp.MOD or fits:
                return code
            return None if type_.bits == WIDE else wrapped(code, type_)
        case ir.BinaryOp.SHL | ir.BinaryOp.SHR:
            return _shift(op, type_, left, right, fits=fits)
        case _:
            return None


def _without_negative_zero(op: ir.BinaryOp, code: Code, left: Interval, right: Interval) -> Code:
    """Make zero positive where a product of zero and a negative number gives negative zero."""
    if op is ir.BinaryOp.MUL and (left.low < 0 or right.low < 0):
        return infix("+", code, whole(0, is_big=False))
    return code


def _bitwise(
    op: ir.BinaryOp, type_: ir.IntType, left: tuple[Code, Interval], right: tuple[Code, Interval]
) -> Code | None:
    """JavaScript's operators take the lowest 32 bits of each operand, and give a signed result."""
    code = infix(_SIMPLE[op], left[0], right[0])
    fit = [interval.within(INT32) for _, interval in (left, right)]
    if all(fit):
        return code
    small = [i for _, i in (left, right) if i.low >= 0 and i.high <= INT32.high]
    if op is ir.BinaryOp.AND and small:
        return code
    if type_.bits == WORD and not type_.is_signed:
        return infix(">>>", code, whole(0, is_big=False))
    return None


def _division(
    op: ir.BinaryOp, left: Code, left_range: Interval, right: Code, right_range: Interval
) -> Code:
    """Divide safe numbers: the rounding of `/` never reaches the next integer below 2^53."""
    if left_range.low >= 0 and right_range.low > 0:
        if op is ir.BinaryOp.MOD:
            return infix("%", left, right)
        return call("Math.floor", infix("/", left, right))
    if op is ir.BinaryOp.FLOOR_DIV and right_range.low > 0:
        return call("Math.floor", infix("/", left, right))
    return call(_DIVISIONS[op], left, right)


def _shift(
    op: ir.BinaryOp,
    type_: ir.IntType,
    left: tuple[Code, Interval],
    right: tuple[Code, Interval],
    *,
    fits: bool,
) -> Code | None:
    (first, first_range), (second, second_range) = left, right
    is_plain = second_range.low >= 0 and second_range.high < type_.bits
    if type_.bits == WIDE:
        if not is_plain or not second_range.high < WORD or not first_range.within(INT32):
            if is_plain and second_range.low == second_range.high:
                return _by_power(op, first, second_range.low, fits=fits)
            return None
        if op is ir.BinaryOp.SHR:
            return infix(">>", first, second)
        return (
            _by_power(op, first, second_range.low, fits=fits)
            if (second_range.low == second_range.high)
            else None
        )
    count = second if is_plain else infix("&", second, whole(type_.bits - 1, is_big=False))
    if op is ir.BinaryOp.SHR:
        return infix(">>" if type_.is_signed else ">>>", first, count)
    code = infix("<<", first, count)
    return code if type_.is_signed and (fits or type_.bits == WORD) else wrapped(code, type_)


def _by_power(op: ir.BinaryOp, left: Code, count: int, *, fits: bool) -> Code | None:
    """Shift a safe number by a constant: multiply or divide by a power of two."""
    power = whole(1 << count, is_big=False)
    if op is ir.BinaryOp.SHR:
        return call("Math.floor", infix("/", left, power)) if count < SAFE_BITS else None
    return infix("*", left, power) if fits and count < SAFE_BITS else None


def _on_bigs(op: ir.BinaryOp, type_: ir.IntType, left: Code, right: Code) -> Code:
    if op in _SIMPLE:
        return Code(
            infix(_SIMPLE[op], left, right).text,
            infix(_SIMPLE[op], left, right).binding,
            is_big=True,
        )
    if op in _DIVISIONS:
        return call(_DIVISIONS[op] + "Big", left, right, is_big=True)
    if right.binding == ATOM and right.text[:-1].isdigit():
        count = whole(int(right.text[:-1]) & (type_.bits - 1), is_big=True)
    else:
        count = infix("&", right, whole(type_.bits - 1, is_big=True), is_big=True)
    return infix("<<" if op is ir.BinaryOp.SHL else ">>", left, count, is_big=True)


def negated(expr: ir.Unary, operand: Code, source: Interval, result: Interval) -> Code:
    """Write the negation of an integer."""
    type_ = expr.type
    assert isinstance(type_, ir.IntType), expr
    exact = Interval(-source.high, -source.low)
    zero = whole(0, is_big=operand.is_big)
    code = infix("-", zero, operand, is_big=operand.is_big)
    if not exact.within(interval_of(type_)):
        code = wrapped(code, type_)
    return represented(code, type_, result)


def inverted(expr: ir.Unary, operand: Code, source: Interval, result: Interval) -> Code:
    """Write the inversion of all bits."""
    type_ = expr.type
    assert isinstance(type_, ir.IntType), expr
    if operand.is_big or (type_.bits == WIDE and not (type_.is_signed and source.within(INT32))):
        big = as_big(operand)
        code = Code(f"~{big.inside(15)}", 15, is_big=True)
        return represented(code if type_.is_signed else wrapped(code, type_), type_, result)
    code = Code(f"~{operand.inside(15)}", 15)
    return code if type_.is_signed else represented(wrapped(code, type_), type_, result)


def converted(source: ir.IntType, target: ir.IntType, operand: Code, interval: Interval) -> Code:
    """Write a conversion between integer types, exact in the target's range; not yet in the form of its interval."""
    del source
    if interval.within(interval_of(target)):
        return operand
    return wrapped(operand, target)
