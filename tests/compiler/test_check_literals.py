"""Exact literals: rounding is the one that Python's own floats have, integers wrap."""

import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.compiler import ir
from meshnode.compiler.parse.literals import (
    FloatLiteral,
    IntLiteral,
    Literal,
    LiteralError,
    fold,
    materialise,
    nearest,
    read_float,
    read_integer,
    wrap,
)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_float_is_read_exactly(value: float) -> None:
    assert nearest(read_float(repr(abs(value))).value, 64) == abs(value)


@given(st.fractions())
def test_a_rational_rounds_as_division_does(value: Fraction) -> None:
    assert nearest(value, 64) == value.numerator / value.denominator


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_survives(value: float) -> None:
    assert nearest(Fraction(value), 32) == value


@given(st.floats(min_value=1e-45, max_value=3e38))
def test_float32_rounds_once(value: float) -> None:
    (expected,) = struct.unpack("<f", struct.pack("<f", value))

    assert nearest(Fraction(value), 32) == expected


def test_subnormal_and_huge_values() -> None:
    assert nearest(Fraction(1, 2**1074), 64) == 5e-324
    assert nearest(Fraction(1, 2**1075), 64) == 0.0
    assert nearest(Fraction(10) ** 400, 64) == float("inf")
    assert nearest(-(Fraction(10) ** 40), 32) == float("-inf")


@given(st.integers(), st.sampled_from([8, 16, 32, 64]), st.booleans())
def test_wrapping_keeps_the_low_bits(value: int, bits: int, is_signed: bool) -> None:  # noqa: FBT001
    wrapped = wrap(value, ir.IntType(bits, is_signed))

    assert (wrapped - value) % (1 << bits) == 0
    assert -(1 << (bits - 1)) <= wrapped < (1 << bits)


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("/", IntLiteral(7), IntLiteral(2), FloatLiteral(Fraction(7, 2))),
        ("//", IntLiteral(-7), IntLiteral(2), IntLiteral(-4)),
        ("%", IntLiteral(-7), IntLiteral(2), IntLiteral(1)),
        ("**", IntLiteral(2), IntLiteral(100), IntLiteral(2**100)),
        ("+", FloatLiteral(Fraction(1, 10)), IntLiteral(1), FloatLiteral(Fraction(11, 10))),
        ("**", FloatLiteral(Fraction(1, 2)), IntLiteral(-2), FloatLiteral(Fraction(4))),
    ],
)
def test_literal_arithmetic_is_exact(
    op: str, left: Literal, right: Literal, expected: Literal
) -> None:
    assert fold(op, left, right) == expected


@pytest.mark.parametrize(
    ("op", "left", "right"),
    [("<<", 1, 10**9), ("**", 10, 10**9), ("<<", 1, -1), ("/", 1, 0), ("**", 0, -1)],
)
def test_what_has_no_value_is_refused(op: str, left: int, right: int) -> None:
    with pytest.raises(LiteralError):
        fold(op, IntLiteral(left), IntLiteral(right))


def test_integers_in_all_bases() -> None:
    texts = ["0xff", "0b1010", "0o17", "1_000", "007"]

    assert [read_integer(text).value for text in texts] == [255, 10, 15, 1000, 7]


def test_a_float_literal_does_not_become_an_integer() -> None:
    assert materialise(FloatLiteral(Fraction(2)), ir.INT) is None


def test_negative_zero_keeps_its_sign() -> None:
    constant = materialise(FloatLiteral(Fraction(0), is_negative_zero=True), ir.FLOAT64)

    assert str(constant.value if constant else None) == "-0.0"
