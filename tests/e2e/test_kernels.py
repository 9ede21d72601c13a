"""The six kernels print the real compiler's output: without daemon, with one, and with three peers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.mesh import MeshNode, mesh

KERNELS = Path(__file__).parents[2] / "examples" / "kernels"
NAMES = ("collatz", "mandelbrot", "matmul", "nbody", "sieve", "sinsum")

pytestmark = pytest.mark.e2e


def assert_prints(done: subprocess.CompletedProcess[bytes], name: str) -> None:
    """The bytes of the real compiler's build; sinsum's sum to 1e-14, for its `sin` may differ in the last digit."""
    expected = (KERNELS / f"{name}.out").read_bytes()
    if name == "sinsum":
        words, value = done.stdout.split(), float(expected.split()[1])
        assert words[0] == b"sum", done.stderr
        assert abs(float(words[1]) - value) <= 1e-14 * value
        return
    assert done.stdout == expected, done.stderr


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[MeshNode]]:
    with mesh(tmp_path_factory.mktemp("mesh"), 4) as nodes:
        yield nodes


@pytest.mark.parametrize("name", NAMES)
def test_a_kernel_prints_the_same_without_a_daemon(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "meshnode",
            "run",
            "--data-dir",
            str(tmp_path),
            str(KERNELS / f"{name}.mojo"),
        ],
        capture_output=True,
        timeout=120,
        check=False,
    )

    assert_prints(done, name)
    assert done.returncode == 0
    assert done.stderr.decode().count("no daemon runs") == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_kernel_prints_the_same_on_one_daemon(name: str, peers: list[MeshNode]) -> None:
    done = peers[1].cli("run", "--home", "only", str(KERNELS / f"{name}.mojo"))

    assert_prints(done, name)
    assert done.returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_kernel_prints_the_same_on_three_peers(name: str, peers: list[MeshNode]) -> None:
    done = peers[0].cli(
        "run", "--home", "never", "--verify", "quorum:2", str(KERNELS / f"{name}.mojo")
    )

    assert_prints(done, name)
    assert done.returncode == 0
