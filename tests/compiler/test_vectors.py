"""Vectors and dtypes: what is refused, in which words, and what the IR is."""

import pytest
from tests.compiler.front_end import function_of, messages_of

ERRORS = {
    "var v = SIMD[DType.int32, 3](1)": "a vector's length must be a power of two between 1 and 2**15, not 3",
    "var v = SIMD[DType.int32, 4](1, 2)": "'SIMD[DType.int32, 4]' takes 4 numbers, or one",
    "var v = SIMD[DType.int32, 4](1) + 1.5": "cannot implicitly convert 'FloatLiteral' value to 'SIMD[DType.int32, 4]'",
    "var v = SIMD[DType.int32, 4](1) + Int(1)": "no operator '+' for 'SIMD[DType.int32, 4]' and 'Int'",
    "var v = SIMD[DType.int32, 4](1) < 2": "'<' compares single numbers, not 'SIMD[DType.int32, 4]'",
    "var v = SIMD[DType.int32, 4](1)[4]": "lane 4 is out of range 0 to 3",
    "var v = SIMD[DType.int32, 4](1).shuffle[0, 1]()": "'shuffle' takes 4 lane numbers from 0 to 3",
    "var v = DType.float16": "not supported yet: 'DType.float16'",
    "var v = DType.float64 + 1": "no operator '+' for 'DType' and 'Int'",
    "var v = Int(1) + Int64(1)": "no operator '+' for 'Int' and 'Int64'",
    "var v: UInt64 = UInt(1)": "cannot implicitly convert 'UInt' value to 'UInt64'",
    "var v: SIMD[DType.float32, 2] = Float64(1)": (
        "cannot implicitly convert 'Float64' value to 'SIMD[DType.float32, 2]'"
    ),
}


@pytest.mark.parametrize("statement", ERRORS)
def test_what_vectors_cannot_do_is_refused(statement: str) -> None:
    messages = messages_of(f"def main():\n    {statement}\n    print(v)\n")

    assert messages[0].partition(": ")[2] == ERRORS[statement]


def test_operators_work_on_all_lanes_at_once() -> None:
    source = """
def f(v: SIMD[DType.float32, 4], s: Float32) -> SIMD[DType.float32, 4]:
    return v * s + 1


def main():
    print(f(1, 2))
"""

    text = function_of(source, "f")

    assert "$result = ((v * splat(s)) + splat(Float32(1.0)))" in text


def test_a_lane_is_stored_into_its_vector() -> None:
    source = """
def f(mut v: SIMD[DType.int32, 4], i: Int):
    v[i] += 2


def main():
    var v = SIMD[DType.int32, 4](1)
    f(v, 1)
"""

    text = function_of(source, "f")

    assert "v = with_lane(v, i, (lane(v, i) + Int32(2)))" in text
