"""`meshnode run-module`: a slice module that another compiler made."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "examples" / "any_language"
RUST_TARGET = "wasm32-unknown-unknown"


def longest(first: int) -> str:
    """Give the line that one iteration of the C program writes."""

    def steps(n: int) -> int:
        count = 0
        while n > 1:
            n, count = (3 * n + 1 if n % 2 else n // 2), count + 1
        return count

    best = max(range(first, first + 1000), key=lambda n: (steps(n), -n))
    return f"{best} {steps(best)}"


def run(tmp_path: Path, module: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "meshnode", "run-module", str(module), *arguments]
    return subprocess.run(
        [*command, "--data-dir", str(tmp_path / "data")],
        input=b"1",
        capture_output=True,
        check=False,
    )


def rust_for_wasm() -> str | None:
    """Find a Rust compiler that has the target: not each one comes with it."""
    for rustc in filter(None, (shutil.which("rustc"), shutil.which("rustc", path="/usr/bin"))):
        command = [rustc, "--print", "target-libdir", "--target", RUST_TARGET]
        folder = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        if folder and Path(folder.strip()).is_dir():
            return rustc
    return None


def check_table(tmp_path: Path, module: Path) -> None:
    done = run(tmp_path, module, "--iterations", "5", "--captures", "-")

    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == [longest(1 + i * 1000) for i in range(5)]


@pytest.mark.skipif(
    shutil.which("clang") is None or shutil.which("wasm-ld") is None,
    reason="needs clang and lld (Debian's packages of these names)",
)
def test_a_module_made_from_c_is_computed_in_order(tmp_path: Path) -> None:
    module = tmp_path / "collatz.wasm"
    flags = ["--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry,--export=mesh_progress"]
    source = str(SOURCES / "collatz.c")
    subprocess.run(["clang", *flags, "-o", str(module), source], check=True)

    check_table(tmp_path, module)


@pytest.mark.skipif(
    rust_for_wasm() is None,
    reason=f"needs rustc with {RUST_TARGET} (Debian's rustc, libstd-rust-dev-wasm32 and lld)",
)
def test_a_module_made_from_rust_is_computed_in_order(tmp_path: Path) -> None:
    module = tmp_path / "collatz.wasm"
    rustc = rust_for_wasm()
    assert rustc is not None
    flags = ["--target", RUST_TARGET, "--crate-type", "cdylib", "-O", "-C", "panic=abort"]
    flags += ["-C", "strip=symbols", "-C", "link-arg=--export=mesh_progress"]
    source = str(SOURCES / "collatz.rs")
    subprocess.run([rustc, *flags, "-o", str(module), source], check=True, capture_output=True)

    check_table(tmp_path, module)


def test_what_is_no_slice_module_is_refused_with_a_sentence(tmp_path: Path) -> None:
    module = tmp_path / "none.wasm"
    module.write_bytes(b"\0asm\x01\0\0\0")

    done = run(tmp_path, module, "--iterations", "5")

    assert done.returncode == 1
    assert b"the module could not be run" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_module_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, tmp_path / "absent.wasm", "--iterations", "5")

    assert done.returncode == 66
    assert b"cannot be read" in done.stderr
