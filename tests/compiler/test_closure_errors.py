"""What programs do wrong with nested functions, closures and function values, and what they are told."""

import pytest
from tests.compiler.front_end import prelude

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.pipeline import check

HEAD = """\
def square(x: Int) -> Int:
    return x * x


def two(x: Int, y: Int) -> Int:
    return x


def over(x: Int) -> Int:
    return x


def over(x: String) -> Int:
    return 0


def thin(f: def(Int) thin -> Int) -> Int:
    return f(1)


def apply[F: def(Int) -> Int](f: F) -> Int:
    return f(1)


def both[F: def(Int) -> Int](f: F, mut k: Int):
    k = f(k)


def main():
    var k = 1
    var xs = List[Int]()

    def add(x: Int) {imm k} -> Int:
        return x + k

    def may(x: Int) raises -> Int:
        raise Error("x")

"""

CASES = [
    ("def f() -> Int: return k", "could not infer capture convention of the captured value 'k'"),
    ("def f() {imm zz}: pass", "'zz' is no variable that could be captured"),
    ("def f() {imm k}: k += 1", "expression must be mutable in assignment"),
    ("def f() {var k}: k += 1", "expression must be mutable in assignment"),
    ("def f(n: Int) -> Int: return f(n)", "a nested function cannot call itself"),
    ("def f() {var xs} -> Int: return len(xs)", "cannot be implicitly copied"),
    ("print(thin(add))", "value passed to 'f' cannot be converted from 'add'"),
    ("print(thin(two))", "value passed to 'f' cannot be converted from 'two'"),
    ("print(apply(two))", "'two' does not conform to the function type that 'apply' asks for"),
    ("print(apply(may))", "'may' does not conform to the function type that 'apply' asks for"),
    ("print(apply(3))", "'Int' does not conform to the function type that 'apply' asks for"),
    ("print(apply(over))", "cannot form a reference to overloaded declaration of 'over'"),
    ("var f: def(Int) -> Int = square", "this function type stands for many types"),
    ("both(add, k)", "is mutable and overlaps another argument of the same call"),
    ("comptime C = thin(square)", "not supported yet: calls of function values at compile time"),
    ("add(1, 2)", "'add' takes at most 1 positional argument"),
]


@pytest.mark.parametrize(("statement", "message"), CASES)
def test_wrong_uses_of_functions_are_told(statement: str, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        check(f"{HEAD}    {statement}\n", "program.mojo", prelude())
    messages = [diagnostic.message for diagnostic in caught.value.diagnostics]
    assert any(message in told for told in messages), messages
