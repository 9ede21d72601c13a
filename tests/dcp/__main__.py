"""`python -m tests.dcp`: unmodified DCP programs run on a mesh of real daemons through the gateway.

Installs the real clients, makes keystores with the client's own wallet, starts a requester with the gateway and three
workers, runs every program, and prints a table of feature and result. Exit code 1 if one failed, 3 if Node.js or npm
is missing.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from tests.dcp.clients import (
    INSTALLED,
    MISSING,
    Clients,
    ClientsMissingError,
    fetch_pyodide,
    install,
    make_home,
)
from tests.dcp.gateway_mesh import GATEWAY_FLAGS, gateway_mesh
from tests.dcp.program_runs import (
    Program,
    Run,
    examples,
    our_programs,
    python_programs,
    run_program,
)

from meshnode.node.render import table


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line."""

    only: tuple[str, ...]
    at_once: int
    url: str
    json: Path | None
    is_kept: bool
    installed: Path


def main() -> int:
    """Run the programs; 0 if all did what was expected."""
    asked = _asked()
    try:
        clients = install(asked.installed)
    except ClientsMissingError as err:
        click.echo(err, err=True)
        return MISSING
    chosen = _chosen(
        [*our_programs(clients), *python_programs(clients), *examples(clients)], asked.only
    )
    if not chosen:
        click.echo(f"no program is called {' or '.join(asked.only)}", err=True)
        return 2
    python = python_programs(clients)
    if not asked.url and any(program in chosen for program in python):
        fault = fetch_pyodide(clients)
        if fault:
            click.echo(
                f"Python's programs are not run, for Pyodide cannot be had: {fault}", err=True
            )
            chosen = [program for program in chosen if program not in python]
    pyodide = clients.pyodide if (clients.pyodide / "meshnode.image").is_file() else None
    with _folder(is_kept=asked.is_kept) as folder, _gateway(asked, folder, pyodide) as url:
        home = folder / "home"
        make_home(clients, home)
        runs = _run_all(chosen, clients, home, url, asked.at_once)
        _show(runs)
        if asked.json:
            asked.json.write_text(json.dumps(_record(runs), indent=1, ensure_ascii=False) + "\n")
        if asked.is_kept:
            click.echo(
                f"\nThe mesh goes on at {url}, its files in {folder}; press Enter to end it."
            )
            sys.stdin.readline()
    return 0 if all(run.is_right for run in runs) else 1


def _asked() -> Asked:
    parser = argparse.ArgumentParser(
        prog="tests.dcp", description="real DCP clients on a real mesh"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="only this program"
    )
    parser.add_argument("--at-once", type=int, default=2, help="programs that run side by side")
    parser.add_argument("--url", default="", help="a gateway that runs already")
    parser.add_argument("--json", type=Path, help="where to write the results as JSON")
    parser.add_argument("--keep", action="store_true", help="leave the mesh running at the end")
    parser.add_argument("--installed", type=Path, default=INSTALLED, help="folder of the clients")
    names = parser.parse_args()
    return Asked(
        tuple(names.only), names.at_once, names.url, names.json, names.keep, names.installed
    )


def _chosen(programs: Sequence[Program], only: Sequence[str]) -> list[Program]:
    if not only:
        return list(programs)
    wanted = set(only)
    return [each for each in programs if {each.name, each.name.rpartition(".")[0]} & wanted]


@contextmanager
def _folder(*, is_kept: bool) -> Iterator[Path]:
    if is_kept:
        yield Path(tempfile.mkdtemp(prefix="meshnode-dcp-"))
        return
    with tempfile.TemporaryDirectory(prefix="meshnode-dcp-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _gateway(asked: Asked, folder: Path, pyodide: Path | None) -> Iterator[str]:
    if asked.url:
        yield asked.url
        return
    with gateway_mesh(folder / "mesh", flags=GATEWAY_FLAGS, pyodide=pyodide) as mesh:
        yield mesh.url


def _run_all(
    programs: Sequence[Program], clients: Clients, home: Path, url: str, at_once: int
) -> list[Run]:
    """Run ours side by side, then the examples one after the other: they share fixed ports."""
    ours = [each for each in programs if each.expected is not None]
    theirs = [each for each in programs if each.expected is None]

    def run(program: Program) -> Run:
        done = run_program(program, clients, home, url)
        mark = "ok" if done.is_right else "FAILED"
        fault = f"\n{done.fault}" if done.fault else ""
        click.echo(f"{mark:6} {done.seconds:6.1f} s  {program.name}{fault}")
        return done

    with ThreadPoolExecutor(at_once) as pool:
        return [*pool.map(run, ours), *map(run, theirs)]


def _show(runs: Sequence[Run]) -> None:
    rows = [
        [
            run.program.feature,
            run.program.name,
            "works" if run.is_right else "FAILS",
            f"{run.seconds:.1f}",
        ]
        for run in runs
    ]
    click.echo()
    click.echo(table(["feature", "program", "result", "seconds"], rows))
    right = sum(run.is_right for run in runs)
    click.echo(
        f"\n{right} of {len(runs)} programs did what was expected (load {os.getloadavg()[0]:.1f})"
    )


def _record(runs: Sequence[Run]) -> list[dict[str, str | float | bool]]:
    return [
        {
            "feature": run.program.feature,
            "program": run.program.name,
            "works": run.is_right,
            "seconds": round(run.seconds, 1),
            "fault": run.fault,
        }
        for run in runs
    ]


if __name__ == "__main__":
    sys.exit(main())
