"""Hostile DCP clients: the gateway refuses them, serves an ordinary client meanwhile, and its daemon answers.

The ordinary client is the real one. `GET /status` is polled throughout; the figures are printed (`pytest -s`).
"""

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest
from tests.dcp.clients import Clients, make_home
from tests.dcp.gateway_mesh import GatewayMesh, status_ms
from tests.dcp.hostile import DEEDS
from tests.dcp.program_runs import our_programs, run_program

pytestmark = pytest.mark.e2e

ANSWER_MS_MEDIAN_MAX = 250.0
"""Some 40 ms beside 10,000 tiny jobs on two idle cores, which the clients and four daemons share."""
POLL_EVERY_S = 0.1
ORDINARY = "array.js"
DEED_S = 600.0


@dataclass
class Polls:
    """How long `GET /status` took, in milliseconds, and how long the ordinary programs, in seconds."""

    times_ms: list[float] = field(default_factory=list)
    programs_s: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, clients: Clients) -> Path:
    folder = tmp_path_factory.mktemp("home")
    make_home(clients, folder)
    return folder


@pytest.mark.parametrize("deed", list(DEEDS))
async def test_an_ordinary_client_is_served_beside_a_hostile_one(
    deed: str, gateway: GatewayMesh, clients: Clients, home: Path
) -> None:
    polls = Polls()
    is_done, is_quiet = asyncio.Event(), asyncio.Event()
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(_poll(gateway, polls, is_quiet))
        ordinary = group.create_task(_run_ordinary(gateway, clients, home, polls, is_done))
        try:
            async with asyncio.timeout(DEED_S):
                outcome = await DEEDS[deed](gateway.url)
            seconds = time.monotonic() - began
            is_done.set()
            await ordinary
        finally:
            is_quiet.set()

    median_ms, slowest_ms = statistics.median(polls.times_ms), max(polls.times_ms)
    click.echo(
        f"\n{deed} ({seconds:.0f} s): {outcome}\n"
        f"  status: median {median_ms:.0f} ms, slowest {slowest_ms:.0f} ms of {len(polls.times_ms)};"
        f" ordinary jobs: {len(polls.programs_s)}, slowest {max(polls.programs_s):.1f} s"
    )
    assert gateway.requester.process is not None
    assert gateway.requester.process.poll() is None
    assert median_ms < ANSWER_MS_MEDIAN_MAX
    assert "event=dcp_operation_failed" not in gateway.requester.log


async def _poll(gateway: GatewayMesh, polls: Polls, is_quiet: asyncio.Event) -> None:
    while not is_quiet.is_set():
        polls.times_ms.append(await asyncio.to_thread(status_ms, gateway.requester))
        await asyncio.sleep(POLL_EVERY_S)


async def _run_ordinary(
    gateway: GatewayMesh, clients: Clients, home: Path, polls: Polls, is_done: asyncio.Event
) -> None:
    """Run a small program again and again, at least once."""
    program = next(each for each in our_programs(clients) if each.name == ORDINARY)
    while not polls.programs_s or not is_done.is_set():
        run = await asyncio.to_thread(run_program, program, clients, home, gateway.url)
        assert run.is_right, run.fault
        polls.programs_s.append(run.seconds)
