"""The prelude's numbers: elementary functions against mpmath, and floats as text against Python's own."""

import math
import random
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import mpmath
import pytest
from tests.compiler.front_end import prelude
from tests.compiler.host import run_home

from meshnode.compiler.pipeline import compile_program

Exact = Callable[[mpmath.mpf, mpmath.mpf], mpmath.mpf]

_TWO = mpmath.mpf(2)
FUNCTIONS: dict[str, tuple[str, Exact]] = {
    "sin": ("sin(x)", lambda x, _: mpmath.sin(x)),
    "cos": ("cos(x)", lambda x, _: mpmath.cos(x)),
    "tan": ("tan(x)", lambda x, _: mpmath.tan(x)),
    "exp": ("exp(x)", lambda x, _: mpmath.exp(x)),
    "exp2": ("exp2(x)", lambda x, _: _TWO**x),
    "log": ("log(x)", lambda x, _: mpmath.log(x)),
    "log2": ("log2(x)", lambda x, _: mpmath.log(x, 2)),
    "log10": ("log10(x)", lambda x, _: mpmath.log10(x)),
    "atan": ("atan(x)", lambda x, _: mpmath.atan(x)),
    "atan2": ("atan2(x, y)", mpmath.atan2),
    "pow": ("x ** y", lambda x, y: x**y),
    "sqrt": ("sqrt(x)", lambda x, _: mpmath.sqrt(x)),
    "asin": ("asin(x)", lambda x, _: mpmath.asin(x)),
    "acos": ("acos(x)", lambda x, _: mpmath.acos(x)),
    "sinh": ("sinh(x)", lambda x, _: mpmath.sinh(x)),
    "cosh": ("cosh(x)", lambda x, _: mpmath.cosh(x)),
    "tanh": ("tanh(x)", lambda x, _: mpmath.tanh(x)),
    "asinh": ("asinh(x)", lambda x, _: mpmath.asinh(x)),
    "acosh": ("acosh(x)", lambda x, _: mpmath.acosh(x)),
    "atanh": ("atanh(x)", lambda x, _: mpmath.atanh(x)),
    "cbrt": ("cbrt(x)", lambda x, _: mpmath.sign(x) * mpmath.cbrt(abs(x))),
    "expm1": ("expm1(x)", lambda x, _: mpmath.expm1(x)),
    "log1p": ("log1p(x)", lambda x, _: mpmath.log1p(x)),
    "erf": ("erf(x)", lambda x, _: mpmath.erf(x)),
    "erfc": ("erfc(x)", lambda x, _: mpmath.erfc(x)),
    "gamma": ("gamma(x)", lambda x, _: mpmath.gamma(x)),
    "lgamma": ("lgamma(x)", lambda x, _: mpmath.log(abs(mpmath.gamma(x)))),
    "hypot": ("hypot(x, y)", mpmath.hypot),
    "fma": ("fma(x, y, -y)", lambda x, y: x * y - y),
}

_WHOLE_LINE = (-math.inf, math.inf)
DOMAINS: dict[str, tuple[tuple[float, float], float, float]] = {
    # where the function is defined, the size of its ordinary arguments, and a place around which it is hard
    "asin": ((-1, 1), 1, 0.5),
    "acos": ((-1, 1), 1, 1),
    "sinh": ((-710.4, 710.4), 750, 0),
    "cosh": ((-710.4, 710.4), 750, 0),
    "tanh": (_WHOLE_LINE, 20, 0),
    "asinh": (_WHOLE_LINE, 20, 0),
    "acosh": ((1, math.inf), 20, 1),
    "atanh": ((-1, 1), 1, 0),
    "cbrt": (_WHOLE_LINE, 20, 1),
    "expm1": ((-math.inf, 709.7), 60, 0),
    "log1p": ((math.nextafter(-1, 0), math.inf), 20, 0),
    "erf": (_WHOLE_LINE, 6, 1.25),
    "erfc": ((-1e4, 1e4), 28, 0.84375),
    "gamma": ((-180, 171.6), 180, 1),
    "lgamma": ((-1e6, 1e300), 50, 2),
}

_PROGRAM = """
from std.math import *
from std.sys import argv


def main() raises:
    var arguments = argv()
    var which = arguments[1]
    for i in range(2, len(arguments), 2):
        var x = Float64(String(arguments[i]))
        var y = Float64(String(arguments[i + 1]))
CHOICES
"""


@cache
def _home(source: str) -> bytes:
    return compile_program(source, "math.mojo", prelude()).home


def _results(name: str, pairs: Sequence[tuple[float, float]]) -> list[float]:
    choices = "".join(
        f'        if which == "{name}":\n            print(({text}).to_bits[DType.uint64]())\n'
        for name, (text, _) in FUNCTIONS.items()
    )
    arguments = ["math", name, *(repr(number) for pair in pairs for number in pair)]
    outcome = run_home(_home(_PROGRAM.replace("CHOICES", choices)), arguments)
    assert outcome.exit_code == 0, outcome.stderr
    return [_float_of_bits(int(line)) for line in outcome.stdout.split()]


def _float_of_bits(bits: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])


def _any_floats(source: random.Random, count: int) -> list[float]:
    numbers = (_float_of_bits(source.getrandbits(64)) for _ in range(count * 2))
    return [number for number in numbers if math.isfinite(number)][:count]


def _arguments(name: str) -> list[tuple[float, float]]:
    """Numbers of all sizes, ordinary ones, and those where the function is hard."""
    source = random.Random(name)
    ordinary = [source.uniform(-8, 8) for _ in range(300)]
    if name in ("sin", "cos", "tan"):
        hard = [k * math.pi / 2 for k in range(1, 200)] + [
            source.uniform(-1e7, 1e7) for _ in range(100)
        ]
        # The float64 nearest to a multiple of pi/2, relative to its size.
        hard += [math.ldexp(6381956970095103, 797), math.ldexp(1, 1023), 5e-324]
        return [(x, 0.0) for x in ordinary + hard + _any_floats(source, 300)]
    if name in ("exp", "exp2"):
        far = [source.uniform(-1080, 1030) for _ in range(300)]
        return [(x, 0.0) for x in ordinary + far + [1e-300, -1e-10, 709.78, -745.1, -1074.5]]
    if name == "pow":
        pairs = [(abs(x), source.uniform(-300, 300) + 0.1) for x in ordinary]
        return pairs + [(abs(x), source.uniform(-2, 2)) for x in _any_floats(source, 300)]
    if name == "atan2":
        pairs = list(zip(ordinary, reversed(ordinary), strict=True))
        return pairs + list(zip(_any_floats(source, 200), _any_floats(source, 200), strict=True))
    if name == "hypot":
        pairs = list(zip(ordinary, reversed(ordinary), strict=True))
        large = _any_floats(source, 300)
        return pairs + [(x, x * source.uniform(-2, 2)) for x in large if abs(x) < 1e307]
    if name == "fma":
        near_two = [(1 + x * 1e-12, y) for x, y in zip(ordinary, reversed(ordinary), strict=True)]
        return near_two + [(x, source.uniform(-8, 8)) for x in ordinary]
    if name in DOMAINS:
        (start, stop), size, place = DOMAINS[name]
        numbers = [source.uniform(-size, size) for _ in range(500)] + ordinary
        numbers += [
            place + source.choice((-1, 1)) * 2 ** -source.uniform(0, 60) for _ in range(300)
        ]
        numbers += [sign * 2 ** -source.uniform(0, 1060) for _ in range(100) for sign in (-1, 1)]
        numbers += _any_floats(source, 300)
        return [(x, 0.0) for x in numbers if start < x < stop and x]
    near_one = [1 + source.uniform(-1e-3, 1e-3) for _ in range(100)]
    return [(abs(x) or 1.0, 0.0) for x in ordinary + near_one + _any_floats(source, 300)]


def _error_ulp(value: float, exact: mpmath.mpf) -> float:
    if abs(exact) >= mpmath.mpf(2) ** 1024:
        return 0.0 if value == math.copysign(math.inf, exact) else math.inf
    if not math.isfinite(value):
        return math.inf
    nearest = float(exact)
    ulp = math.ulp(nearest) if math.isfinite(nearest) else math.ldexp(1, 971)
    return float(abs(mpmath.mpf(value) - exact) / ulp)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_within_one_ulp(name: str) -> None:
    pairs = _arguments(name)

    results = _results(name, pairs)

    exact = FUNCTIONS[name][1]
    with mpmath.workprec(1300 if name in ("sin", "cos", "tan") else 300):
        errors = [
            (_error_ulp(result, exact(mpmath.mpf(x), mpmath.mpf(y))), x, y)
            for result, (x, y) in zip(results, pairs, strict=True)
        ]
    assert max(errors)[0] < 1.0, max(errors)


SPECIAL = (0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan)
POLES = {
    ("lgamma", -1.0): math.inf,
    ("lgamma", 0.0): math.inf,
    ("gamma", 0.0): math.copysign(math.inf, 1),
    ("atanh", 1.0): math.inf,
    ("atanh", -1.0): -math.inf,
    ("log1p", -1.0): -math.inf,
    ("log", 0.0): -math.inf,
    ("log2", 0.0): -math.inf,
    ("log10", 0.0): -math.inf,
}


def _special_value(name: str, x: float) -> float:
    """What C's library says."""
    try:
        return float(getattr(math, name)(x))
    except ValueError:
        pole = POLES.get((name, x), math.nan)
        return math.copysign(pole, x) if name == "gamma" and x == 0 else pole


@pytest.mark.parametrize(
    "name", [name for name in FUNCTIONS if hasattr(math, name) and "y" not in FUNCTIONS[name][0]]
)
def test_a_function_has_the_special_values_of_c(name: str) -> None:
    results = _results(name, [(x, 0.0) for x in SPECIAL])

    wanted = [_special_value(name, x) for x in SPECIAL]

    different = [
        (x, result, value)
        for x, result, value in zip(SPECIAL, results, wanted, strict=True)
        if repr(result) != repr(value)
        and not (value and math.isclose(result, value, rel_tol=1e-15, abs_tol=0))
    ]
    assert different == []


def _is_right(text: str, number: float) -> bool:
    """Mojo writes what Python does, but takes a tie upwards, and the ends of the rounding interval always."""
    if text == repr(number):
        return True
    exact = Fraction(number)
    distance = abs(Fraction(text) - exact)
    ends = (abs(Fraction(math.nextafter(number, end)) - exact) / 2 for end in (math.inf, -math.inf))
    return distance in ends or distance == abs(Fraction(repr(number)) - exact)


def test_a_float_is_read_and_written_with_the_shortest_digits() -> None:
    numbers = _any_floats(random.Random(1), 1500)
    numbers += [float(f"{k / 8}e{k % 40 - 20}") for k in range(600)]
    source = """
from std.sys import argv


def main() raises:
    var arguments = argv()
    for i in range(1, len(arguments)):
        print(Float64(String(arguments[i])))
"""

    outcome = run_home(_home(source), ["numbers", *(f"{number:.25e}" for number in numbers)])

    texts = outcome.stdout.decode().split()
    assert len(texts) == len(numbers)
    assert [pair for pair in zip(texts, numbers, strict=True) if not _is_right(*pair)] == []
    assert sum(text != repr(number) for text, number in zip(texts, numbers, strict=True)) < 5


def test_a_sum_of_ten_million_sines_agrees_with_the_real_compiler() -> None:
    source = """
from std.math import sin


def main():
    var total = 0.0
    for i in range(10000000):
        total += sin(Float64(i) * 0.001)
    print(total)
"""

    total = float(run_home(_home(source)).stdout)

    assert total == pytest.approx(1952.3080127736312, rel=1e-14, abs=0)
