"""The code that gives a variable with a closed form the value that it has some iterations later."""

from meshnode.compiler import ir
from meshnode.compiler.loops.build import AFFINE, Locals, assign, binary, call, const, load, when
from meshnode.compiler.loops.closed import Affine, Closed, Step


def advance(closed: Closed, count: ir.Expr, table: Locals) -> ir.Block:
    """Make the statements that run a variable's steps of `count` iterations, a number that may be zero."""
    variable = closed.variable
    word = table.add("$word", ir.UINT)
    modulus = 0 if closed.is_masked else closed.modulus
    map_, steps = map_of(closed.steps, modulus, table)
    value: ir.Expr = load(word)
    if closed.is_masked and closed.modulus:
        value = binary(ir.BinaryOp.AND, value, ir.Const(ir.UINT, closed.modulus - 1))
    move = (
        *steps,
        call("_affine_at", map_, ir.Convert(load(variable), ir.UINT), count, target=word),
        assign(variable, ir.Convert(value, variable.type)),
    )
    return (when(ir.Compare(ir.CompareOp.NE, count, const(0)), move),)


def map_of(steps: tuple[Step, ...], modulus: int, table: Locals) -> tuple[ir.LocalPlace, ir.Block]:
    """Make the code that composes steps into one map, modulo 2^64 if the modulus is 0."""
    place = table.add("$map", AFFINE)
    code: list[ir.Statement] = [call("_affine_start", _word(modulus), target=place)]
    for step in steps:
        if isinstance(step, Affine):
            factor, addend = _residue(step.factor, modulus), _residue(step.addend, modulus)
            code.append(call("_affine_step", place, factor, addend))
            continue
        inner, made = map_of(step.steps, modulus, table)
        trips = table.add("$trips", ir.INT)
        loop = step.loop
        code += [
            *made,
            call("_trip_count", loop.start, loop.stop, loop.step, target=trips),
            call("_affine_repeat", place, inner, load(trips)),
        ]
    return place, tuple(code)


def start_check(closed: Closed, may_ask: ir.LocalPlace) -> ir.Block:
    """Offer the loop only if a variable that is reduced by a modulus starts below it."""
    if closed.is_masked:
        return ()
    type_, value = closed.variable.type, load(closed.variable)
    is_reduced = binary(
        ir.BinaryOp.AND,
        ir.Compare(ir.CompareOp.GE, value, ir.Const(type_, 0)),
        ir.Compare(ir.CompareOp.LT, value, ir.Const(type_, closed.modulus)),
    )
    return (when(load(may_ask), (assign(may_ask, is_reduced),)),)


def _residue(expr: ir.Expr, modulus: int) -> ir.Expr:
    """Give an addend or a factor as the UInt that the map has."""
    if not modulus:
        return ir.Convert(expr, ir.UINT)
    assert isinstance(expr, ir.Const)
    return _word(int(expr.value) % modulus)


def _word(value: int) -> ir.Const:
    return ir.Const(ir.UINT, value)
