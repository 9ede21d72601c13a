"""The verifier names what is wrong with IR. (That programs' IR is right is tested with the golden programs.)"""

from tests.compiler.build_ir import SPAN, assign, call, function, load, module, number

from meshnode.compiler import ir
from meshnode.compiler.verify import verify


def test_faults_are_named() -> None:
    wrong_type = function("f", [("x", ir.FLOAT64)], assign(0, number(1)))
    assert "Float64" in verify(module(wrong_type))[0]
    unknown = function("f", [], call(None, "nowhere"))
    assert verify(module(unknown)) == ("f: no function nowhere",)
    stray = function("f", [], ir.Break(SPAN))
    assert verify(module(stray)) == ("f: break or continue outside of loops",)
    raising = function("g", [], raises=True)
    silent = function("f", [], call(None, "g"))
    assert verify(module(raising, silent)) == ("f: raises without saying so",)
    field = ir.FieldPlace(ir.LocalPlace(ir.LocalId(0), ir.INT), "x", ir.INT)
    fieldless = function("f", [("a", ir.INT)], ir.Assign(field, load(0), SPAN))
    assert verify(module(fieldless)) == ("f: no field x in Int",)


def test_locals_are_used_in_their_scopes_only() -> None:
    use, scope = assign(0, number(1)), ir.Scope((ir.LocalId(0),), (), SPAN)

    late = verify(module(function("f", [("x", ir.INT)], scope, use)))
    early = verify(module(function("f", [("x", ir.INT)], use, scope)))

    assert late == ("f: local x after its scope",)
    assert early == ("f: local x before its scope",)
