"""What a process can still do behind the jail."""

import subprocess
import sys

import pytest

_PROBE = """
import os, socket, sys, threading
from meshnode.sandbox.jail import close_jail
print(close_jail(nice=1, file_bytes_max=1 << 20))
{attempt}
print("done")
"""


def probe(attempt: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PROBE.format(attempt=attempt)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def _needs_filter() -> None:
    if "seccomp" not in probe("").stdout:
        pytest.skip("this kernel has no system call filter")


@pytest.mark.usefixtures("_needs_filter")
@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",
        "open('/tmp/meshnode-jail', 'w')",
        "socket.socket()",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
    ],
)
def test_the_jail_refuses(attempt: str) -> None:
    result = probe(attempt)
    assert "PermissionError" in result.stderr
    assert "done" not in result.stdout


def test_threads_may_be_started_in_the_jail() -> None:
    result = probe("t = threading.Thread(target=print); t.start(); t.join()")
    assert result.returncode == 0
    assert "done" in result.stdout
