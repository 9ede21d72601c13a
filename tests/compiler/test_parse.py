"""Text to tree: what is read, where it stands, and how errors are told."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiler.front_end import PRELUDE, prelude
from tests.compiler.make_parser import OUTPUT, make_parser

from meshnode.compiler import limits
from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.parser import parse_module

KERNELS = sorted((PRELUDE.parents[1] / "examples" / "kernels").glob("*.mojo"))


def errors(source: str) -> list[str]:
    try:
        parse_module(source, "f.mojo")
    except CompileError as error:
        return [f"{d.span.line}:{d.span.column} {d.message}" for d in error.diagnostics]
    return []


def expression(source: str) -> tree.Expression:
    (statement,) = parse_module(source + "\n", "f.mojo").body
    assert isinstance(statement, tree.ExpressionStatement)
    return statement.value


def test_the_tables_are_those_of_the_grammar() -> None:
    assert OUTPUT.read_text(encoding="utf-8") == make_parser()


@pytest.mark.parametrize("path", KERNELS, ids=lambda path: path.stem)
def test_a_tree_survives_its_cache(path: Path) -> None:
    module = parse_module(path.read_text(encoding="utf-8"), "f.mojo")

    assert tree.decode_tree(tree.encode_tree(module)) == module


def test_the_prelude_survives_its_cache() -> None:
    for module in prelude().modules:
        assert tree.decode_tree(tree.encode_tree(module)) == module


def test_spans_are_exact() -> None:
    found = expression("f(a,\n  b + 1)")

    assert isinstance(found, tree.Call)
    assert found.span == (1, 1, 2, 9)
    assert found.arguments[1].value.span == (2, 3, 2, 8)


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("-2 ** 2", "-(2 ** 2)"),
        ("2 ** -1", "(2 ** -1)"),
        ("2 ** 3 ** 2", "(2 ** (3 ** 2))"),
        ("a | b & c ^ d", "(a | ((b & c) ^ d))"),
        ("a ^ b", "(a ^ b)"),
        ("a^", "a^"),
        ("not a == b", "not(a == b)"),
        ("a if b else c if d else e", "(a if b else (c if d else e))"),
        ("a < b <= c", "(a < b <= c)"),
        ("a not in b", "(a not in b)"),
        ("f(a^, b)", "f(a^, b)"),
        ("x.y[1].z(2)", "x.y[1].z(2)"),
        ("(1, 2)", "(1, 2)"),
        ("[(1, 2)]", "[(1, 2)]"),
        ("[1, 2]", "[1, 2]"),
    ],
)
def test_operators_bind_as_in_mojo(source: str, shape: str) -> None:
    assert show(expression(source)) == shape


def show(node: tree.Expression) -> str:  # noqa: C901, PLR0911, PLR0912 - one case a node
    match node:
        case tree.Name(name=name):
            return name
        case tree.Integer(text=text):
            return text
        case tree.Unary(op=op, operand=operand):
            return f"{op}{show(operand)}"
        case tree.Binary(op=op, left=left, right=right):
            return f"({show(left)} {op} {show(right)})"
        case tree.Comparison(operands=operands, ops=ops):
            rest = zip(ops, operands[1:], strict=True)
            tail = "".join(f" {op} {show(x)}" for op, x in rest)
            return f"({show(operands[0])}{tail})"
        case tree.Ternary(condition=condition, then=then, otherwise=otherwise):
            return f"({show(then)} if {show(condition)} else {show(otherwise)})"
        case tree.Call(callee=callee, arguments=arguments):
            return f"{show(callee)}({', '.join(show(a.value) for a in arguments)})"
        case tree.Subscript(base=base, arguments=arguments):
            return f"{show(base)}[{', '.join(show(a.value) for a in arguments)}]"
        case tree.Attribute(base=base, name=name):
            return f"{show(base)}.{name}"
        case tree.Transfer(operand=operand):
            return f"{show(operand)}^"
        case tree.Tuple(elements=elements):
            return f"({', '.join(show(e) for e in elements)})"
        case tree.ListLiteral(elements=elements):
            return f"[{', '.join(show(e) for e in elements)}]"
        case _:
            raise AssertionError(node)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r'"a\tb\n"', "a\tb\n"),
        (r'"\x41\u00e9\U0001F600"', "A\u00e9\U0001f600"),
        (r"r'\n'", "\\n"),
        ('"""two\nlines"""', "two\nlines"),
        ("'it' \"s\"", "its"),
    ],
)
def test_string_literals_are_unescaped(literal: str, value: str) -> None:
    found = expression(literal)

    assert isinstance(found, tree.String)
    assert found.value == value


def test_several_errors_are_told_in_one_run() -> None:
    source = "def f():\n    var = 3\n    if x\n        return\n    y = (1, ]\ndef g(:\n    pass\n"

    assert errors("def f():\n    var = 3\n    if x\n        return\n") == [
        "2:9 unexpected '='",
        "3:9 expected ':' at the end of the line",
    ]
    assert len(errors(source)) >= 3


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f():\n", "1:9 expected an indented block"),
        ("def f():\npass\n", "2:1 expected an indented block before 'pass'"),
        ("def f():\n    pass\n      pass\n", "3:7 this line is indented without a reason"),
        ("def f():\n        pass\n    pass\n", "3:5 this line's indentation matches no block above it"),
        ("x = (1\n", "1:5 '(' was never closed"),
        ("x = 1)\n", "1:6 unmatched ')'"),
        ('x = "abc\n', "1:5 this string is not closed"),
        ("x = ?\n", "1:5 unexpected character '?'"),
        ("struc P:\n    pass\n", "1:7 unexpected 'P' after 'struc'"),
        ("else:\n    pass\n", "1:1 'else' without the statement that it belongs to"),
        ("fn f():\n    pass\n", "1:1 'fn' has been removed; use 'def' instead"),
        ("let x = 1\n", "1:1 'let' has been removed; use 'var' instead"),
        ("alias X = 1\n", "1:1 'alias' has been removed; use 'comptime' instead"),
        ("x = lambda y: y\n", "1:12 unexpected 'y'"),
    ],
)  # fmt: skip
def test_a_syntax_error_is_told_where_it_is(source: str, message: str) -> None:
    assert message in errors(source)


def test_nesting_is_bounded() -> None:
    deep = "(" * 200 + "1" + ")" * 200
    chain = "-" * 3 * limits.NESTING_MAX + "1"

    assert any("nested too deeply" in message for message in errors(f"x = {deep}\n"))
    assert any("nested too deeply" in message for message in errors(f"x = {chain}\n"))


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("abdefnostruc 0123.\"'()[]{}:=+-*/^,\n\t#\\@|<>é\0"), max_size=80
    )
)
def test_no_text_makes_the_parser_fail(text: str) -> None:
    errors(text)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_damage_to_a_program_makes_the_parser_fail(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(KERNELS)).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(source)))
    length = data.draw(st.integers(0, 30))
    extra = data.draw(st.sampled_from(["", "(", "def", ":\n", "    ", '"', "^", "else:"]))

    errors(source[:start] + extra + source[start + length :])
