"""500 connections cut at random messages: every job ends, with every slice's value, and nothing is paid twice.

The proxy between client and gateway cuts by seed, at each kind of message, before or behind it. The figures are printed
(`pytest -s`).
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec
import pytest
from tests.dcp.clients import Clients, make_home
from tests.dcp.gateway_mesh import GatewayMesh
from tests.dcp.proxy import Cut, CuttingProxy
from tests.e2e.mesh import MeshNode
from tests.e2e.test_crashes import assert_books_agree

from meshnode.ledger.entry import Posted, ReceiptEvidence, read_entry
from meshnode.ledger.export import read_export
from meshnode.node.control_client import JsonObject
from meshnode.protocol.messages import Receipt

pytestmark = pytest.mark.e2e

CUTS = int(os.environ.get("MESHNODE_TEST_CUTS", "500"))
SLICES = 200
CLIENTS_AT_ONCE = 2
JOBS_PER_PROCESS = 5
CUT_PER_MESSAGE = 0.03
CUT_PER_HANDSHAKE = 0.02
"""A session's first messages are cut more rarely, or none would come to its job."""
BEYOND_HELP = {("connect ack", Cut.BEHIND), ("connect response", Cut.BEFORE)}
"""dcp-client 5.6.1 never tries again when its first request was acknowledged and the answer is lost: it has neither a
session to resume nor a message to repeat. Nothing that the gateway does can help it.
"""
NO_CRASH = "--unhandled-rejections=warn"
"""When a transport is lost while the client closes its connection, 5.6.1 does not try again, and rejects after 7 s a
promise that nobody awaits. The job is long done by then, but Node.js would end the process; a listener for such
rejections would not help, for the client makes `process.emit` return nothing.
"""
PROCESS_S = 600.0
LINE_MAX = 500
"""Node.js shows the source line of an error, which is the whole bundle."""
ALL_S = 1_800.0
SEED = 20_261


@dataclass
class RandomCuts:
    """Cuts by seed; counts what was cut."""

    randomness: random.Random
    cuts_max: int
    counts: Counter[str] = field(default_factory=Counter)
    messages: int = 0

    @property
    def cuts(self) -> int:
        """Connections that were cut."""
        return self.counts.total()

    def __call__(self, kind: str, is_to_gateway: bool) -> Cut:  # noqa: FBT001  a Cutter
        self.messages += 1
        chance = CUT_PER_HANDSHAKE if kind == "request connect" else CUT_PER_MESSAGE
        if self.cuts >= self.cuts_max or self.randomness.random() >= chance:
            return Cut.NOT
        cut = self.randomness.choice((Cut.BEFORE, Cut.BEHIND))
        if (kind, cut) in BEYOND_HELP:
            return Cut.NOT
        self.counts[f"{'to' if is_to_gateway else 'from'} the gateway, {cut.value} {kind}"] += 1
        return cut


async def test_no_slice_is_lost_or_paid_twice_when_connections_are_cut(
    gateway: GatewayMesh, clients: Clients, tmp_path: Path
) -> None:
    cuts = RandomCuts(random.Random(SEED), CUTS)
    port = urlsplit(gateway.url).port
    assert port is not None
    proxy = CuttingProxy(port, cuts)
    url = await proxy.start()
    began = time.monotonic()
    try:
        async with asyncio.timeout(ALL_S):
            jobs = await _jobs_until(cuts, clients, tmp_path, url)
    finally:
        await proxy.stop()

    seconds = time.monotonic() - began
    click.echo(f"\n{len(jobs)} jobs, {cuts.cuts} cuts in {cuts.messages} messages, {seconds:.0f} s")
    for what, count in cuts.counts.most_common():
        click.echo(f"{count:5} {what}")
    assert cuts.cuts == CUTS
    assert [job for job in jobs if not (job.get("isComplete") and job.get("isRight"))] == []
    assert_books_agree(gateway.nodes, tmp_path)
    assert_paid_once(gateway.requester)


async def _jobs_until(
    cuts: RandomCuts, clients: Clients, folder: Path, url: str
) -> list[JsonObject]:
    """Run client processes side by side until all cuts are made; return what they tell of their jobs."""
    jobs: list[JsonObject] = []

    async def run_clients(lane: int) -> None:
        home = folder / f"home{lane}"
        await asyncio.to_thread(make_home, clients, home)
        turn = 0
        while cuts.cuts < cuts.cuts_max:
            jobs.extend(await _process(clients, home, url, 100 * lane + turn))
            turn += 1

    async with asyncio.TaskGroup() as lanes:
        for lane in range(CLIENTS_AT_ONCE):
            lanes.create_task(run_clients(lane))
    return jobs


async def _process(clients: Clients, home: Path, url: str, seed: int) -> Sequence[JsonObject]:
    process = await asyncio.create_subprocess_exec(
        *("node", NO_CRASH, str(clients.scripts / "jobs.js")),
        *(str(JOBS_PER_PROCESS), str(SLICES), str(seed)),
        env=clients.node_environment(home, url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), PROCESS_S)
    except TimeoutError:
        process.kill()
        output, errors = await process.communicate()
    jobs: list[JsonObject] = [json.loads(line) for line in output.splitlines()]
    if len(jobs) < JOBS_PER_PROCESS:
        told = [
            line for line in errors.decode(errors="replace").splitlines() if len(line) < LINE_MAX
        ]
        jobs.append({"number": len(jobs), "error": "\n".join(told)})
    return jobs


def assert_paid_once(requester: MeshNode) -> None:
    """No worker was paid twice for one chunk, and the receipts' sum is what left the account."""
    paid: Counter[tuple[bytes, int, bytes]] = Counter()
    spent = 0
    for receipt, amount in _receipts(requester.root / "ledger.sqlite"):
        assert receipt.amount == amount
        assert receipt.amount >= 0
        spent += amount
        for chunk in range(receipt.start, receipt.start + receipt.chunks_done):
            paid[receipt.run, chunk, receipt.worker] += 1
    assert paid
    assert [one for one, times in paid.items() if times > 1] == []
    assert -int(str(requester.client.request("GET", "/ledger")["balance"])) == spent


def _receipts(ledger: Path) -> Iterator[tuple[Receipt, int]]:
    for signed in read_export(ledger).entries:
        entry = read_entry(signed.entry)
        assert entry is not None
        if isinstance(entry.body, Posted):
            assert isinstance(entry.body.evidence, ReceiptEvidence)
            body = entry.body.evidence.requester.body
            yield msgspec.msgpack.decode(body, type=Receipt), entry.body.amount
