"""A stock dcp-worker 3.3.19 with its Node evaluator, as a person without privileges would run them.

Both refuse to run as root, so that under root they are started as `nobody`.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.dcp.clients import Clients
from tests.e2e.mesh import free_port

NOBODY = 65_534
READY_S = 90.0


def is_possible() -> bool:
    """Tell whether a process without privileges can be made here."""
    return os.geteuid() != 0 or shutil.which("setpriv") is not None


def as_person(command: Sequence[str]) -> list[str]:
    """Give the command line that runs a command without root's privileges."""
    if os.geteuid() != 0:
        return list(command)
    ids = ["--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    return ["setpriv", *ids, *command]


def give_to_person(folder: Path) -> None:
    """Let that person own a folder and enter those above it."""
    if os.geteuid() != 0:
        return
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if parent != Path("/") and not mode & 0o001:
            parent.chmod(mode | 0o011)


@contextmanager
def stock_worker(clients: Clients, home: Path, url: str, address: str) -> Iterator[Path]:
    """Run a worker for the gateway at `url` that wants to be paid at `address`; gives its log."""
    environment = clients.node_environment(home, url)
    with (
        _trusted_place(clients.root / "worker" / "node_modules") as package,
        _running(package, environment, home, address) as log,
    ):
        yield log


@contextmanager
def _trusted_place(package: Path) -> Iterator[Path]:
    """Give a copy of the worker where not everybody may write, if need be: it refuses to start below such folders."""
    if not any(parent.stat().st_mode & 0o002 for parent in package.parents):
        yield package
        return
    base = Path("/var/cache") if os.geteuid() == 0 else Path.home()
    with tempfile.TemporaryDirectory(dir=base, prefix="meshnode-dcp-") as folder:
        Path(folder).chmod(0o755)
        yield Path(shutil.copytree(package, Path(folder) / package.name, symlinks=True))


@contextmanager
def _running(
    package: Path, environment: dict[str, str], home: Path, address: str
) -> Iterator[Path]:
    environment["PATH"] = f"{package / '.bin'}:{environment['PATH']}"
    port = free_port()
    evaluator = [
        *(str(package / ".bin" / "dcp-evaluator-start"), "-p", str(port), "-t", "node"),
        *("-r", str(package / "dcp-client" / "libexec" / "evaluator-node.js")),
    ]
    worker = [
        *(str(package / ".bin" / "dcp-worker"), "-o", "console", "--cores", "1", "-m", "1"),
        *("--paymentAddress", address),
    ]
    environment["DCP_CONFIG_EVALUATOR"] = f'{{location: new URL("http://localhost:{port}/")}}'
    log = home.parent / f"{home.name}-worker.log"
    with log.open("wb") as output:
        started = [
            subprocess.Popen(
                as_person(command),
                env=environment,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            for command in (evaluator, worker)
        ]
        try:
            _wait_ready(log)
            yield log
        finally:
            for process in started:
                _end(process)


def _wait_ready(log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while "Ready." not in log.read_text(errors="replace"):
        assert time.monotonic() < deadline, log.read_text(errors="replace")[-2000:]
        time.sleep(0.2)


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        return
    process.wait()
