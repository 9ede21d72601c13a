from tests.compiler.build_ir import (
    LIST,
    SPAN,
    assign,
    binary,
    call,
    function,
    load,
    local,
    module,
    number,
    scope,
)

from meshnode.compiler import ir
from meshnode.compiler.ir_text import function_text, module_text

EXPECTED = """\
def f(xs: List[Int] read, n: Int value) raises -> sum: Int {
  scope(i: Int) {
    for i in range(0, n, 1) {
      if (xs[i] < 0) {
        break
      } else {
        sum = (sum + xs[i])
      }
      prepare {
        sum = g(n)
      } while (sum != 0) {
        perform trap()
      }
    }
  }
  return
}"""


def test_a_function_reads_like_a_program() -> None:
    element = ir.Load(ir.ElementPlace(local(0, LIST), load(3), ir.INT, SPAN), ir.INT)
    choice = ir.If(
        ir.Compare(ir.CompareOp.LT, element, number(0)),
        (ir.Break(SPAN),),
        (assign(2, binary(ir.BinaryOp.ADD, load(2), element)),),
        SPAN,
    )
    waiting = ir.While(
        (call(2, "g", ir.ByValue(load(1))),),
        ir.Compare(ir.CompareOp.NE, load(2), number(0)),
        (ir.Perform(None, "trap", (), SPAN),),
        (),
        SPAN,
    )
    loop = ir.ForRange(ir.LocalId(3), number(0), load(1), number(1), (choice, waiting), (), SPAN)
    written = function(
        "f",
        [("xs", LIST), ("n", ir.INT), ("sum", ir.INT), ("i", ir.INT)],
        scope([3], loop),
        ir.Return(SPAN),
        parameters=[ir.Passing.READ, ir.Passing.VALUE],
        result=2,
        raises=True,
    )
    assert function_text(written) == EXPECTED


def test_a_module_lists_structs_functions_and_main() -> None:
    lines = module_text(module(function("main", []))).splitlines()
    assert lines[0] == ("struct List[Int](data: Pointer[Int], length: Int, capacity: Int) of Int")
    assert lines[-1] == "main main"
