import math
import struct
from collections.abc import Callable

import pytest
import wasmtime
from tests.compiler.build_ir import (
    LIST,
    SPAN,
    Instance,
    assign,
    binary,
    call,
    computing,
    function,
    home_of,
    load,
    local,
    module,
    number,
    print_text,
    scope,
)
from tests.compiler.host import run_home

from meshnode.compiler import ir
from meshnode.compiler.llvm.lower import lower_home

INTS = (0, 1, -1, 2, -2, 3, -3, 7, -7, 63, 64, 65, 2**62, 2**63 - 1, -(2**63))


def wrapped(value: int, bits: int = 64) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def floor_div(a: int, b: int) -> int:
    return 0 if b == 0 else wrapped(a // b)


def mod(a: int, b: int) -> int:
    return 0 if b == 0 else a % b


def trunc_div(a: int, b: int) -> int:
    quotient = abs(a) // abs(b)
    return wrapped(quotient if (a < 0) == (b < 0) else -quotient)


REFERENCES: dict[ir.BinaryOp, Callable[[int, int], int]] = {
    ir.BinaryOp.ADD: lambda a, b: wrapped(a + b),
    ir.BinaryOp.SUB: lambda a, b: wrapped(a - b),
    ir.BinaryOp.MUL: lambda a, b: wrapped(a * b),
    ir.BinaryOp.FLOOR_DIV: floor_div,
    ir.BinaryOp.MOD: mod,
    ir.BinaryOp.TRUNC_DIV: trunc_div,
    ir.BinaryOp.AND: lambda a, b: a & b,
    ir.BinaryOp.OR: lambda a, b: a | b,
    ir.BinaryOp.XOR: lambda a, b: a ^ b,
    ir.BinaryOp.SHL: lambda a, b: wrapped(a << (b & 63)),
    ir.BinaryOp.SHR: lambda a, b: a >> (b & 63),
}


@pytest.fixture(scope="module")
def integers() -> Instance:
    operands = (ir.INT, ir.INT)
    return Instance(
        module(*(computing(op.name, operands, binary(op, load(0), load(1))) for op in REFERENCES))
    )


@pytest.mark.parametrize("op", REFERENCES)
def test_int_operators_match_the_reference(integers: Instance, op: ir.BinaryOp) -> None:
    for a in INTS:
        for b in INTS:
            if op is ir.BinaryOp.TRUNC_DIV and b == 0:
                with pytest.raises(wasmtime.Trap):
                    integers.call(op.name, a, b)
            else:
                assert integers.call(op.name, a, b) == REFERENCES[op](a, b), (op, a, b)


def test_unsigned_division_is_unsigned() -> None:
    operands = (ir.UINT, ir.UINT)
    ops = (ir.BinaryOp.FLOOR_DIV, ir.BinaryOp.MOD, ir.BinaryOp.SHR)
    instance = Instance(
        module(
            *(
                computing(op.name, operands, binary(op, load(0, ir.UINT), load(1, ir.UINT)))
                for op in ops
            )
        )
    )
    assert instance.call("FLOOR_DIV", -1, 2) == 2**63 - 1
    assert instance.call("FLOOR_DIV", -1, 0) == 0
    assert instance.call("MOD", -1, 10) == (2**64 - 1) % 10
    assert instance.call("SHR", -1, 63) == 1


def test_float_conversions_saturate_and_nan_is_zero() -> None:
    to_int = ir.Convert(load(0, ir.FLOAT64), ir.INT)
    to_byte = ir.Convert(ir.Convert(load(0, ir.FLOAT64), ir.UINT8), ir.INT)
    instance = Instance(
        module(
            computing("to_int", [ir.FLOAT64], to_int), computing("to_byte", [ir.FLOAT64], to_byte)
        )
    )
    assert instance.call("to_int", 1e300) == 2**63 - 1
    assert instance.call("to_int", -1e300) == -(2**63)
    assert instance.call("to_int", math.nan) == 0
    assert instance.call("to_int", -2.9) == -2
    assert instance.call("to_byte", 300.0) == 255


def test_the_bits_of_every_nan_are_the_same() -> None:
    bits = ir.Pure("bitcast", (load(0, ir.FLOAT64),), ir.INT)
    instance = Instance(module(computing("bits", [ir.FLOAT64], bits)))
    (odd,) = struct.unpack("<d", struct.pack("<Q", 0xFFF8_0000_0000_1234))
    assert instance.call("bits", odd) == 0x7FF8_0000_0000_0000
    assert instance.call("bits", -0.0) == -(2**63)


def test_pure_intrinsics_compute() -> None:
    f, u = load(0, ir.FLOAT64), load(0, ir.UINT)
    floats = {"sqrt": 1.5, "floor": 2.0, "ceil": 3.0, "trunc": 2.0, "round_even": 2.0, "abs": 2.25}
    bits = {"count_ones": 4, "leading_zeros": 56, "trailing_zeros": 2}
    high = ir.Pure("mul_high_u64", (u, load(1, ir.UINT)), ir.UINT)
    instance = Instance(
        module(
            *(computing(n, [ir.FLOAT64], ir.Pure(n, (f,), ir.FLOAT64)) for n in floats),
            *(computing(n, [ir.UINT], ir.Pure(n, (u,), ir.UINT)) for n in bits),
            computing("high", [ir.UINT, ir.UINT], high),
        )
    )
    for name, expected in floats.items():
        assert instance.call(name, 2.25) == expected, name
    for name, value in bits.items():
        assert instance.call(name, 0b1101_0100) == value, name
    for a, b in ((2**64 - 1, 2**64 - 1), (2**63, 6), (12345678901234567890, 9876543210987654321)):
        assert instance.call("high", wrapped(a), wrapped(b)) % 2**64 == a * b >> 64


@pytest.mark.parametrize(
    ("start", "stop", "step"),
    [
        (0, 10, 1),
        (0, 10, 3),
        (10, 0, -1),
        (10, 0, -4),
        (5, 5, 1),
        (6, 5, 2),
        (2**63 - 3, 2**63 - 1, 2),
        (-(2**63), 2**63 - 1, 2**62),
        (2**63 - 1, -(2**63), -(2**63)),
    ],
)
@pytest.mark.parametrize("is_constant", [True, False])
def test_ranges_run_exactly_their_trip_count(
    start: int, stop: int, step: int, *, is_constant: bool
) -> None:
    step_value = number(step) if is_constant else load(2)
    body = assign(5, binary(ir.BinaryOp.ADD, binary(ir.BinaryOp.MUL, load(5), number(31)), load(4)))
    loop = ir.ForRange(ir.LocalId(4), load(0), load(1), step_value, (body,), (), SPAN)
    locals_ = [(name, ir.INT) for name in ("start", "stop", "step", "result", "i", "sum")]
    program = module(
        function(
            "f",
            locals_,
            scope([4, 5], loop, assign(3, load(5))),
            parameters=[ir.Passing.VALUE] * 3,
            result=3,
            exported="f",
        )
    )
    expected = 0
    for index in range(start, stop, step):
        expected = wrapped(expected * 31 + index)
    assert Instance(program).call("f", start, stop, step) == expected


def test_a_sum_of_sums_needs_no_library() -> None:
    """O3 makes this a closed form with 128-bit products, which the module must bring itself."""
    add = assign(2, binary(ir.BinaryOp.ADD, load(2), binary(ir.BinaryOp.MUL, load(4), load(3))))
    inner = ir.ForRange(ir.LocalId(4), number(0), load(3), number(1), (add,), (), SPAN)
    outer = ir.ForRange(ir.LocalId(3), number(0), load(0), number(1), (inner,), (), SPAN)
    program = module(
        function(
            "f",
            [("n", ir.INT), ("result", ir.INT), ("sum", ir.INT), ("i", ir.INT), ("j", ir.INT)],
            scope([2, 3, 4], outer, assign(1, load(2))),
            parameters=[ir.Passing.VALUE],
            result=1,
            exported="f",
        )
    )
    n = 100_000
    expected = wrapped(sum(i * (i * (i - 1) // 2) for i in range(n)))
    assert Instance(program).call("f", n) == expected


OWNED = ir.StructType(ir.StructId("Owned"))
OWNED_DEFINITION = ir.StructDefinition(
    OWNED.struct, (ir.Field("mark", ir.INT),), None, ir.FunctionId("drop"), None
)
ERROR = ir.StructType(ir.StructId("Error"))
ERROR_DEFINITION = ir.StructDefinition(ERROR.struct, (ir.Field("code", ir.INT),), None, None, None)
MARK = ir.FieldPlace(local(0, OWNED), "mark", ir.INT)
DROP = function(
    "drop",
    [("self", OWNED)],
    ir.If(
        ir.Compare(ir.CompareOp.EQ, ir.Load(MARK, ir.INT), number(0)),
        (),
        (
            ir.If(
                ir.Compare(ir.CompareOp.EQ, ir.Load(MARK, ir.INT), number(1)),
                (print_text(b"drop 1\n"),),
                (print_text(b"drop 2\n"),),
                SPAN,
            ),
        ),
        SPAN,
    ),
    parameters=[ir.Passing.MUTATE],
)
UNHANDLED = function(
    "_unhandled_error", [("error", ERROR)], print_text(b"unhandled\n"),
    parameters=[ir.Passing.READ],
)  # fmt: skip


def make(index: int, mark: int) -> ir.Assign:
    return ir.Assign(ir.FieldPlace(local(index, OWNED), "mark", ir.INT), number(mark), SPAN)


def output(*functions: ir.Function) -> bytes:
    program = module(*functions, DROP, UNHANDLED, structs=[OWNED_DEFINITION, ERROR_DEFINITION])
    outcome = run_home(home_of(program))
    assert outcome.trap is None, outcome
    return outcome.stdout


def test_scopes_drop_last_declared_first() -> None:
    main = function(
        "main", [("a", OWNED), ("b", OWNED)],
        scope([0, 1], make(0, 1), make(1, 2), print_text(b"body\n")),
    )  # fmt: skip
    assert output(main) == b"body\ndrop 2\ndrop 1\n"


def test_a_moved_value_is_not_dropped_where_it_was() -> None:
    move = ir.Move(local(1, OWNED), local(0, OWNED), SPAN)
    main = function(
        "main", [("a", OWNED), ("b", OWNED)], scope([0, 1], make(0, 1), move, print_text(b"body\n"))
    )
    assert output(main) == b"body\ndrop 1\n"


MADE = function(
    "made", [("mark", ir.INT), ("result", OWNED)],
    ir.Assign(ir.FieldPlace(local(1, OWNED), "mark", ir.INT), load(0), SPAN),
    parameters=[ir.Passing.VALUE], result=1,
)  # fmt: skip
MAKE_WHOLE = ir.Call(local(0, OWNED), MADE.function, (ir.ByValue(number(1)),), SPAN)
MOVE = ir.Move(local(1, OWNED), local(0, OWNED), SPAN)


def text_of_main(*body: ir.Statement) -> str:
    main = function("main", [("a", OWNED), ("b", OWNED), ("n", ir.INT)], scope([2, 0, 1], *body))
    assert output(MADE, main) == b"drop 1\n"
    program = module(MADE, main, DROP, structs=[OWNED_DEFINITION, ERROR_DEFINITION])
    text = lower_home(program)
    return text[text.index('@"mojo.main"() ') :].partition("\n}\n")[0]


def test_what_surely_holds_a_value_or_none_is_never_asked() -> None:
    text = text_of_main(MAKE_WHOLE, MOVE)

    assert text.count('call void @"mojo.drop"') == 1
    assert "llvm.memset" not in text


@pytest.mark.parametrize("is_moved", [0, 1])
def test_memory_tells_whether_a_value_was_moved_on_the_way(is_moved: int) -> None:
    is_asked = ir.Compare(ir.CompareOp.EQ, load(2), number(1))
    text = text_of_main(assign(2, number(is_moved)), MAKE_WHOLE, ir.If(is_asked, (MOVE,), (), SPAN))

    assert text.count('call void @"mojo.drop"') == 2
    assert "llvm.memset" in text


def test_a_loop_may_fill_what_its_earlier_statements_leave() -> None:
    is_second = ir.Compare(ir.CompareOp.EQ, load(2), number(1))
    leave = ir.If(is_second, (ir.Return(SPAN),), (), SPAN)
    body = (leave, MAKE_WHOLE)
    loop = ir.ForRange(ir.LocalId(2), number(0), number(9), number(1), body, (), SPAN)
    main = function("main", [("a", OWNED), ("b", OWNED), ("n", ir.INT)], scope([2, 0], loop))

    assert output(MADE, main) == b"drop 1\n"


def test_break_and_continue_drop_what_they_leave() -> None:
    is_last = ir.Compare(ir.CompareOp.EQ, load(1), number(1))
    body = scope(
        [0],
        make(0, 1),
        ir.If(is_last, (ir.Break(SPAN),), (ir.Continue(SPAN),), SPAN),
    )
    loop = ir.ForRange(ir.LocalId(1), number(0), number(9), number(1), (body,), (), SPAN)
    main = function("main", [("a", OWNED), ("i", ir.INT)], scope([1], loop, print_text(b"after\n")))
    assert output(main) == b"drop 1\ndrop 1\nafter\n"


RAISING = function(
    "raising",
    [("error", ERROR), ("a", OWNED)],
    scope(
        [0, 1],
        make(1, 1),
        ir.Assign(ir.FieldPlace(local(0, ERROR), "code", ir.INT), number(7), SPAN),
        ir.Raise(local(0, ERROR), SPAN),
    ),
    raises=True,
)


def test_a_raise_drops_on_its_way_to_the_handler() -> None:
    attempt = ir.Try(
        (scope([1], make(1, 2), call(None, "raising"), print_text(b"never\n")),),
        ir.LocalId(0),
        (
            ir.If(
                ir.Compare(
                    ir.CompareOp.EQ,
                    ir.Load(ir.FieldPlace(local(0, ERROR), "code", ir.INT), ir.INT),
                    number(7),
                ),
                (print_text(b"caught 7\n"),),
                (),
                SPAN,
            ),
        ),
        (print_text(b"never\n"),),
        SPAN,
    )
    main = function("main", [("error", ERROR), ("a", OWNED)], scope([0], attempt))
    assert output(RAISING, main) == b"drop 1\ndrop 2\ncaught 7\n"


def test_an_error_that_leaves_main_is_reported() -> None:
    main = function(
        "main", [("a", OWNED)], scope([0], make(0, 2), call(None, "raising")), raises=True
    )
    assert output(RAISING, main) == b"drop 1\ndrop 2\nunhandled\n"


def test_owned_parameters_are_dropped_by_the_callee() -> None:
    taking = function("taking", [("a", OWNED)], print_text(b"in\n"), parameters=[ir.Passing.OWNED])
    main = function(
        "main",
        [("a", OWNED)],
        scope([0], make(0, 1), call(None, "taking", ir.ByReference(local(0, OWNED)))),
    )
    assert output(taking, main) == b"in\ndrop 1\n"


def test_an_index_out_of_bounds_calls_the_prelude() -> None:
    element = ir.ElementPlace(local(0, LIST), load(1), ir.INT, SPAN)
    main = function(
        "main", [("xs", LIST), ("i", ir.INT)],
        scope([0, 1], assign(1, ir.Load(element, ir.INT))),
    )  # fmt: skip
    outcome = run_home(home_of(module(main)))
    assert outcome.stderr == b"test.mojo"
    assert outcome.trap is not None


def test_the_same_program_gives_the_same_bytes() -> None:
    def program() -> ir.Module:
        return module(computing("f", [ir.INT, ir.INT], binary(ir.BinaryOp.MOD, load(0), load(1))))

    assert home_of(program()) == home_of(program())
