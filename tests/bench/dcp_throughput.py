"""Slices a second through the DCP gateway, beside dcp-client's own `localExec`: `python -m tests.bench dcp`.

Both run unmodified dcp-client 5.6.1 on this machine in the same run: `exec` on a mesh of two workers with one core
each, without and with replicas, and `localExec`, which needs a scheduler (the same gateway), does not run as root, and
takes one core: with more, 5.6.1 ends itself. What came before the time was up counts, too. Empty slices show what a
slice costs; slices of a second show what is lost of the cores.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from tests.dcp.clients import Clients, ClientsMissingError, install, make_home
from tests.dcp.gateway_mesh import gateway_mesh

EMPTY_SLICES = 10_000
LONG_SLICES = 40
LONG_SLICE_MS = 1_000
SECONDS_MAX = 240
WORKERS = 2
NOBODY = 65_534


@dataclass(frozen=True, slots=True)
class Measured:
    """One job's outcome."""

    name: str
    slices: int
    came: int
    seconds: float
    why: str
    """How it ended: complete, or what stopped it."""

    @property
    def rate(self) -> float:
        """Slices a second."""
        return self.came / self.seconds if self.seconds > 0 else 0.0


def measure(slices: int = EMPTY_SLICES) -> bool:
    """Measure, print the table, and tell whether every job was complete or at least went on."""
    try:
        clients = install()
    except ClientsMissingError as err:
        print(err)
        return False
    load = os.getloadavg()[0]
    # Below the installation, not in the folder for temporary files: localExec's user must be able to go there.
    with tempfile.TemporaryDirectory(dir=clients.root, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        found: list[Measured] = []
        for quorum in (1, 2):
            found += _on_mesh(clients, Path(folder), quorum, slices)
    _show(found, load)
    return all(one.came > 0 for one in found)


def _on_mesh(clients: Clients, folder: Path, quorum: int, slices: int) -> list[Measured]:
    """Measure on a fresh mesh; localExec once, beside the runs without replicas."""
    home = folder / f"home{quorum}"
    make_home(clients, home)
    flags = ("--home", "never", "--verify", f"quorum:{quorum}")
    found: list[Measured] = []
    with gateway_mesh(folder / f"mesh{quorum}", WORKERS, flags) as mesh:
        for count, slice_ms in ((slices, 0), (LONG_SLICES, LONG_SLICE_MS)):
            what = f"slices of {slice_ms} ms" if slice_ms else "empty slices"
            job = (str(count), str(slice_ms), str(SECONDS_MAX))
            name = f"mesh, two cores, quorum of {quorum}, {what}"
            found.append(_run(name, clients, home, mesh.url, ("exec", *job)))
            if quorum == 1:
                name = f"localExec, one core, {what}"
                found.append(_run(name, clients, home, mesh.url, ("localExec", *job)))
    return found


def _run(name: str, clients: Clients, home: Path, url: str, job: Sequence[str]) -> Measured:
    command = ["node", str(clients.scripts / "throughput.js"), *job]
    if job[0] == "localExec" and os.geteuid() == 0:
        _give_away(home)
        ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = ["setpriv", *ids, *command]
    done = subprocess.run(
        command,
        env=clients.node_environment(home, url),
        cwd=clients.scripts,
        capture_output=True,
        text=True,
        timeout=2 * SECONDS_MAX,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return Measured(name, int(job[1]), 0, 0.0, done.stderr.strip()[-300:])
    answer = json.loads(lines[-1])
    return Measured(name, answer["slices"], answer["came"], answer["seconds"], answer["why"])


def _give_away(home: Path) -> None:
    """Let localExec's user have the keystores: its evaluator refuses to run as root."""
    for path in (home, *home.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def _show(found: Sequence[Measured], load: float) -> None:
    table = Table(
        "", "slices", "came", "seconds", "slices/s", "ended",
        title=f"Slices through the DCP gateway and through localExec (load {load:.1f})",
    )  # fmt: skip
    for one in found:
        table.add_row(
            *(one.name, str(one.slices), str(one.came), f"{one.seconds:.1f}"),
            *(f"{one.rate:.1f}", one.why),
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(0 if measure() else 1)
