"""The forms of the language that the parser gives to the checker: one source line, one node."""

import pytest

from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.parser import parse_module


def only_statement(source: str) -> tree.Statement:
    """Parse one statement."""
    (statement,) = parse_module(source, "test.mojo").body
    return statement


def value_of(source: str) -> tree.Expression:
    """Parse one expression."""
    statement = only_statement(source + "\n")
    assert isinstance(statement, tree.ExpressionStatement)
    return statement.value


def test_a_t_string_is_text_and_values() -> None:
    value = value_of('t"a {x + 1} {{b}} {d["k"]}\\n"')

    assert isinstance(value, tree.Template)
    assert [type(part).__name__ for part in value.parts] == [
        *("String", "Binary", "String", "String", "String", "Subscript", "String")
    ]
    assert [p.value for p in value.parts if isinstance(p, tree.String)] == [
        *("a ", " {", "b}", " ", "\n")
    ]


def test_a_field_of_a_t_string_keeps_its_place() -> None:
    value = value_of('t"ab{name}"')

    assert isinstance(value, tree.Template)
    assert value.parts[1].span == (1, 6, 1, 10)


@pytest.mark.parametrize(
    ("source", "kind", "clauses"),
    [
        ("[x for x in xs if x if y]", "list", 1),
        ("{x for x in xs for y in x}", "set", 2),
        ("{x: y for x, y in xs}", "dictionary", 1),
    ],
)
def test_a_comprehension_has_its_clauses(source: str, kind: str, clauses: int) -> None:
    value = value_of(source)

    assert isinstance(value, tree.Comprehension)
    assert (value.kind, len(value.clauses)) == (kind, clauses)


def test_a_lambda_has_parameters_captures_and_a_result() -> None:
    value = value_of("lambda (x: Int) {imm k} -> Int: x + k")

    assert isinstance(value, tree.Lambda)
    assert value.captures is not None
    assert [(c.convention, c.name) for c in value.captures] == [("imm", "k")]
    assert isinstance(value.result, tree.Name)


def test_a_function_has_all_its_parts() -> None:
    function = only_statement(
        "def f[T: A, //, *Ts: B, n: Int = 2](ref [o] x: T, *a: *Ts, var **k: Int) raises E[Int] {mut, var y} "
        "-> ref [o] T where n > 1:\n    ...\n"
    )

    assert isinstance(function, tree.Function)
    assert [p.kind for p in function.type_parameters] == ["normal", "inferred", "star", "normal"]
    assert [p.kind for p in function.parameters] == ["normal", "star", "double_star"]
    assert isinstance(function.parameters[1].annotation, tree.Spread)
    assert isinstance(function.error, tree.Subscript)
    assert isinstance(function.result, tree.ReferenceType)
    assert function.captures is not None
    assert [(c.convention, c.name) for c in function.captures] == [("mut", None), ("var", "y")]
    assert isinstance(function.where, tree.Comparison)


def test_a_function_type_has_parameters_and_effects() -> None:
    statement = only_statement("var f: def[w: Int](x: Int, mut List[Int]) raises thin -> Int\n")

    assert isinstance(statement, tree.Declare)
    assert isinstance(statement.annotation, tree.FunctionType)
    assert statement.annotation.effects == ("raises", "thin")
    assert [p.convention for p in statement.annotation.parameters] == [None, "mut"]


def test_match_is_a_statement_only_before_its_cases() -> None:
    statement = only_statement(
        "match x, y:\n    case (1, a) | 2 if a > 1:\n        pass\n    case _:\n        pass\n"
    )
    call = only_statement("match(x)\n")

    assert isinstance(statement, tree.Match)
    assert [case.guard is not None for case in statement.cases] == [True, False]
    assert isinstance(call, tree.ExpressionStatement)


def test_a_trait_has_requirements_defaults_and_constants() -> None:
    trait = only_statement(
        "trait T(A, B):\n    comptime N: Int\n    def f(self): ...\n    def g(self) -> Int:\n        return 1\n"
    )

    assert isinstance(trait, tree.Trait)
    assert [method.name.name for method in trait.methods] == ["f", "g"]
    assert trait.constants[0].value is None


def test_with_binds_names() -> None:
    statement = only_statement("with a() as x, b():\n    pass\n")

    assert isinstance(statement, tree.With)
    assert [item.name and item.name.name for item in statement.items] == ["x", None]


def test_a_cut_function_takes_its_decorators_along() -> None:
    source = "@first\n@second\ndef f() -> :\n    pass\n\n\ndef g() -> :\n    pass\n"

    with pytest.raises(CompileError) as caught:
        parse_module(source, "test.mojo")

    assert [d.span.line for d in caught.value.diagnostics] == [3, 7]


def test_subscripts_may_be_empty_or_name_a_slice() -> None:
    empty, named = value_of("p[]"), value_of("s[byte=1:]")

    assert isinstance(empty, tree.Subscript)
    assert empty.arguments == ()
    assert isinstance(named, tree.Subscript)
    assert (named.arguments[0].name, type(named.arguments[0].value)) == ("byte", tree.Slice)


def test_a_reference_may_be_declared_with_var() -> None:
    statement = only_statement("var ref x: Int = y[0]\n")

    assert isinstance(statement, tree.BindReference)


def test_targets_nest() -> None:
    statement = only_statement("for i, (a, ref b) in xs:\n    pass\n")

    assert isinstance(statement, tree.For)
    assert isinstance(statement.targets[1], tree.NestedTarget)
    assert isinstance(statement.targets[1].targets[1], tree.ReferenceTarget)


def test_subscripts_hold_slices() -> None:
    value = value_of("x[1:, ::2]")

    assert isinstance(value, tree.Subscript)
    assert [type(argument.value) for argument in value.arguments] == [tree.Slice, tree.Slice]


@pytest.mark.parametrize(
    "source", ['t"{x"\n', 't"{"\n', 't"', 't"""{\n', "t'{t\"{'\n", "match x:\n", "lambda (\n"]
)
def test_what_is_cut_short_is_an_error(source: str) -> None:
    with pytest.raises(CompileError):
        parse_module(source, "test.mojo")


def test_ref_before_the_first_target_is_for_all() -> None:
    statement = only_statement("for ref x in xs:\n    pass\n")

    assert isinstance(statement, tree.For)
    assert (statement.convention, len(statement.targets)) == ("ref", 1)
