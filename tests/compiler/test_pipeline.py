import math
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.compiler.host import run_home

from meshnode.compiler.library import Prelude
from meshnode.compiler.pipeline import Form, compile_program, emit
from meshnode.node.prelude_cache import load_prelude

KERNELS = Path(__file__).parents[2] / "examples" / "kernels"
HELLO = 'def main():\n    print("hello", 1, 2.5)\n'
RAISES = 'def main() raises:\n    print("before")\n    raise Error("boom")\n'


@pytest.fixture(scope="module")
def prelude() -> Prelude:
    return load_prelude()


@pytest.mark.parametrize("name", ["collatz", "mandelbrot", "matmul", "nbody", "sieve", "sinsum"])
def test_kernels_print_what_the_real_compiler_prints(prelude: Prelude, name: str) -> None:
    source = (KERNELS / f"{name}.mojo").read_text()
    program = compile_program(source, f"{name}.mojo", prelude)
    outcome = run_home(program.home, memory_bytes=256 << 20)
    assert outcome.trap is None
    assert outcome.exit_code == 0
    expected = (KERNELS / f"{name}.out").read_bytes()
    if name == "sinsum":  # the real compiler's sine is the host's; ours is within one ulp
        assert math.isclose(last_number(outcome.stdout), last_number(expected), rel_tol=1e-14)
    else:
        assert outcome.stdout == expected


def last_number(output: bytes) -> float:
    return float(output.split()[-1])


def test_the_same_source_gives_the_same_modules(prelude: Prelude) -> None:
    source = (KERNELS / "collatz.mojo").read_text()
    first, second = (compile_program(source, "collatz.mojo", prelude) for _ in range(2))
    assert (first.home, first.slice) == (second.home, second.slice)


def test_an_unhandled_error_ends_the_program_with_one(prelude: Prelude) -> None:
    outcome = run_home(compile_program(RAISES, "raises.mojo", prelude).home)
    assert outcome.stdout == b"before\n"
    assert outcome.stderr == b"Unhandled exception caught during execution: boom\n"
    assert outcome.exit_code == 1


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_javascript_form_runs_in_node(prelude: Prelude, tmp_path: Path) -> None:
    for source, expected, code in ((HELLO, b"hello 1 2.5\n", 0), (RAISES, b"before\n", 1)):
        file = tmp_path / "program.js"
        file.write_bytes(emit(source, "program.mojo", prelude, Form.JS))
        done = subprocess.run(["node", str(file)], capture_output=True, check=False, timeout=60)
        assert (done.stdout, done.returncode) == (expected, code), done.stderr
