"""What a pure expression reads, and whether it may trap."""

from meshnode.compiler import ir


def reads(expr: ir.Expr) -> tuple[set[ir.LocalId | None], bool]:  # noqa: C901 - one case a node
    """Give the roots of all places that an expression loads from, and whether it may trap."""
    roots: set[ir.LocalId | None] = set()
    may_trap = False
    stack: list[ir.Expr | ir.Place] = [expr]
    while stack:
        match stack.pop():
            case ir.Load(place, _) | ir.AddressOf(place, _):
                stack.append(place)
            case ir.Binary(op, left, right):
                may_trap = may_trap or op is ir.BinaryOp.TRUNC_DIV
                stack += [left, right]
            case ir.Compare(_, left, right):
                stack += [left, right]
            case ir.Unary(_, operand) | ir.Convert(operand, _):
                stack.append(operand)
            case ir.Select(condition, then, otherwise):
                stack += [condition, then, otherwise]
            case ir.Pure(_, arguments):
                stack += arguments
            case ir.LocalPlace(local, _):
                roots.add(local)
            case ir.FieldPlace(base, _, _):
                stack.append(base)
            case ir.ElementPlace(base, index, _):
                may_trap = True
                stack += [base, index]
            case ir.PointeePlace(pointer, _):
                roots.add(None)
                stack.append(pointer)
            case _:
                pass
    return roots, may_trap


def may_trap(expr: ir.Expr) -> bool:
    """Tell whether evaluating the expression may trap."""
    return reads(expr)[1]
