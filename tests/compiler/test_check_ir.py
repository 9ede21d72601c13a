"""What programs mean: the typed IR of small functions, as text."""

import random
from contextlib import suppress

import pytest
from tests.compiler.front_end import PRELUDE, check, function_of

from meshnode.compiler import ir
from meshnode.compiler.diagnostic import CompileError

HELPERS = """
def inc(mut n: Int) -> Int:
    n += 1
    return n


def pure(n: Int) -> Int:
    return n * 2


def may_fail(n: Int) raises -> Int:
    if n > 3:
        raise Error("big")
    return n


"""


def body_of(*lines: str, head: str = "def f(a: Int, x: Float64, xs: List[Int]):") -> list[str]:
    source = HELPERS + head + "\n" + "".join(f"    {line}\n" for line in lines)
    text = function_of(source + "\n\ndef main():\n    f(1, 2.0, [1, 2, 3])\n", "f")
    return [line.strip() for line in text.splitlines()[1:-1]]


def test_literals_are_folded_before_they_get_a_type() -> None:
    assert body_of("var y = 0.1 + 0.2", "var z = 1 << 100 >> 98", "var w = 7 / 2")[1:4] == [
        "y = 0.3",
        "z = 4",
        "w = 3.5",
    ]


def test_a_literal_that_is_too_large_wraps() -> None:
    assert "y = UInt8(44)" in body_of("var y: UInt8 = 300")


def test_constants_of_a_type_are_computed() -> None:
    assert "y = 86400" in body_of("comptime D = 24 * 60", "var y = Int(D) * 60")


def test_integer_division_truncates_and_floors() -> None:
    assert body_of("var y = a / 2 + a // 3 % 4")[1] == "y = ((a trunc_div 2) + ((a // 3) % 4))"


def test_a_nested_call_is_put_into_a_temporary() -> None:
    assert body_of("var y = pure(pure(a)) + 1")[1:6] == [
        "scope($t3: Int, $t4: Int) {",
        "$t3 = pure(a)",
        "$t4 = pure($t3)",
        "y = ($t4 + 1)",
        "}",
    ]


def test_a_computed_value_is_kept_while_a_variable_is_read_late() -> None:
    # As the real compiler: (n + 0) + inc(n) adds the old n, n + inc(n) the new one.
    kept = body_of("var n = a", "var y = (n + 0) + inc(n)")
    late = body_of("var n = a", "var y = n + inc(n)")

    assert kept.index("$t5 = (n + 0)") < kept.index("$t4 = inc(&n)")
    assert "y = (n + $t4)" in late


def test_a_place_is_evaluated_once() -> None:
    lines = body_of("var ys = xs.copy()", "var n = 0", "ys[inc(n)] += 1")

    assert len([line for line in lines if "inc(" in line]) == 1


def test_a_short_circuit_without_calls_is_a_select() -> None:
    assert body_of("var y = a > 1 and x > 2.0")[1] == "y = select((a > 1), (x > 2.0), False)"


def test_a_short_circuit_that_may_trap_is_a_branch() -> None:
    lines = body_of("var y = a > 1 and xs[a] == 2")

    assert "if $t3 {" in lines


def test_a_loop_over_a_list_is_a_loop_over_its_indices() -> None:
    lines = body_of("var t = 0", "for x in xs:", "    t += x")

    assert any(line.startswith("for $i") and "xs.length" in line for line in lines)


def test_a_reference_is_the_place_that_it_names() -> None:
    lines = body_of("for i in range(3):", "    ref y = xs[i]", "    print(y)")

    assert any("xs[i]" in line for line in lines)


def test_a_transfer_moves_and_a_copy_calls() -> None:
    lines = body_of("var ys = xs.copy()", "var zs = ys^", "print(len(zs))")

    assert lines[1:3] == ["ys = List[Int].copy(&xs)", "zs = move ys"]


def test_an_error_goes_to_the_handler() -> None:
    lines = body_of("try:", "    print(may_fail(a))", "except e:", "    print(e)")

    assert any(line.startswith("try") for line in lines)


def test_one_print_is_one_host_call() -> None:
    lines = body_of('print("a", a, x, sep=", ", end=";\\n")')

    assert [line.split("(")[0] for line in lines if "_write" in line or "_print" in line] == [
        "_write_literal",
        "_write",
        "_write_literal",
        "_write",
        "_write_literal",
        "_print",
    ]


def test_generic_instances_have_readable_names() -> None:
    source = (
        "def most[T: Comparable & ImplicitlyCopyable](a: T, b: T) -> T:\n"
        "    return b if a < b else a\n\n\n"
        "def main():\n    print(most(1, 2), most(1.5, 2))\n"
    )

    functions = check(source).functions

    assert {"most[Int]", "most[Float64]"} <= set(functions)


def test_only_what_is_reached_is_in_the_module() -> None:
    functions = check("def main():\n    pass\n").functions

    assert not any(name.startswith("atof") for name in functions)


def test_the_same_source_gives_the_same_module() -> None:
    source = HELPERS + "def main():\n    print(pure(3), String('x') == String('y'))\n"

    assert check(source) == check(source)


def test_locals_are_declared_once_and_where_they_are_used() -> None:
    source = PRELUDE.parents[1] / "examples" / "kernels" / "nbody.mojo"

    for function in check(source.read_text(encoding="utf-8")).functions.values():
        declared: list[ir.LocalId] = []
        collect_declared(function.body, declared)
        assert len(declared) == len(set(declared)), function.function


def collect_declared(block: ir.Block, declared: list[ir.LocalId]) -> None:
    for statement in block:
        if isinstance(statement, ir.Scope):
            declared += statement.locals
        for name in ("body", "then", "otherwise", "prepare", "handler"):
            collect_declared(getattr(statement, name, ()), declared)


@pytest.mark.parametrize("seed", range(4))
def test_no_damage_to_a_program_makes_the_checker_fail(seed: int) -> None:
    choose = random.Random(seed)
    path = choose.choice(sorted((PRELUDE.parents[1] / "examples" / "kernels").glob("*.mojo")))
    words = path.read_text(encoding="utf-8").split(" ")
    for _ in range(15):
        damaged = list(words)
        for _ in range(choose.randrange(1, 4)):
            damaged[choose.randrange(len(damaged))] = choose.choice(words)
        with suppress(CompileError):
            check(" ".join(damaged))


def test_a_variable_that_is_set_in_a_loop_drops_its_old_value() -> None:
    lines = body_of("var s: String", "for i in range(3):", "    s = String(i)")

    assert "drop s" in lines
