"""What goes wrong is told in one sentence, with a documented exit code, and never a traceback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.mesh import MeshNode

from meshnode.node.exit_code import ExitCode

pytestmark = pytest.mark.e2e


def meshnode(*arguments: str, cwd: Path, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "meshnode", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        cwd=cwd,
        env=os.environ | {"MESHNODE_HOME": str(cwd / "home")},
    )


def assert_told(done: subprocess.CompletedProcess[str], code: ExitCode, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr


@pytest.fixture
def node(tmp_path: Path) -> Iterator[MeshNode]:
    node = MeshNode(tmp_path / "home", ["--contribute", "never"])
    node.start()
    yield node
    node.stop()


def test_a_compile_error_has_file_line_column_source_and_caret(tmp_path: Path) -> None:
    (tmp_path / "bad.mojo").write_text("def main():\n    print(missing)\n")

    done = meshnode("run", "bad.mojo", cwd=tmp_path)

    assert_told(done, ExitCode.COMPILE_ERROR, "bad.mojo:2:11", "print(missing)", "          ^")


def test_an_unsupported_feature_is_named(tmp_path: Path) -> None:
    (tmp_path / "new.mojo").write_text("def main():\n    var x: Float16 = 1.5\n    print(x)\n")

    assert_told(
        meshnode("run", "new.mojo", cwd=tmp_path),
        ExitCode.COMPILE_ERROR,
        "not supported yet",
        "new.mojo:2",
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert_told(meshnode("run", "none.mojo", cwd=tmp_path), ExitCode.NO_INPUT, "none.mojo")


def test_a_binary_file_is_no_program(tmp_path: Path) -> None:
    (tmp_path / "bytes.mojo").write_bytes(bytes(range(256)))

    assert_told(
        meshnode("run", "bytes.mojo", cwd=tmp_path), ExitCode.COMPILE_ERROR, "UTF-8", "bytes.mojo:2"
    )


def test_a_wrong_flag_is_named(tmp_path: Path) -> None:
    assert_told(
        meshnode("run", "--verify", "luck", "x.mojo", cwd=tmp_path), ExitCode.USAGE, "quorum:k"
    )


def test_a_dead_daemon_is_named_with_the_next_step(tmp_path: Path) -> None:
    done = meshnode("peers", cwd=tmp_path)

    assert_told(done, ExitCode.DAEMON_UNREACHABLE, "meshnode start")


def test_a_wrong_configuration_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text('contribute = "sometimes"\n')

    assert_told(meshnode("start", cwd=tmp_path), ExitCode.CONFIG, "contribute", "config.toml")


@pytest.mark.usefixtures("node")
def test_a_data_directory_in_use_is_named(tmp_path: Path) -> None:
    done = meshnode("start", cwd=tmp_path)

    assert_told(done, ExitCode.DATA_DIRECTORY_IN_USE, "in use", "meshnode stop")


@pytest.mark.usefixtures("node")
def test_an_unknown_job_is_named(tmp_path: Path) -> None:
    assert_told(meshnode("job", "123abc", cwd=tmp_path), ExitCode.USAGE, "123abc", "meshnode jobs")


def test_a_corrupt_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "jobs.sqlite").write_bytes(b"this is no database" * 300)

    assert_told(meshnode("start", cwd=tmp_path), ExitCode.STORAGE, "jobs.sqlite", "damaged")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(home)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        done = meshnode("start", cwd=tmp_path)
    finally:
        subprocess.run(["umount", str(home)], check=True)

    assert_told(done, ExitCode.STORAGE, "full")
