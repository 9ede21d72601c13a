"""The checker's and the splitter's IR keeps the rules, on every golden program."""

import pytest
from tests.compiler.build_ir import SPAN, assign, call, function, load, module, number
from tests.golden.catalogue import Golden, golden_programs

from meshnode.compiler import ir
from meshnode.compiler.loops import split_loops
from meshnode.compiler.pipeline import check
from meshnode.compiler.verify import verify
from meshnode.node.prelude_cache import load_prelude


@pytest.mark.parametrize("golden", golden_programs(), ids=lambda golden: golden.name)
def test_golden_programs_keep_the_rules_of_the_ir(golden: Golden) -> None:
    program = check(golden.source, "golden.mojo", load_prelude(None, ""))
    assert verify(program) == ()
    split = split_loops(program)
    assert verify(split.home) == ()
    assert verify(split.slice) == ()


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
