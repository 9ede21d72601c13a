"""Offers and allowances: what a job may cost, what it did cost, and that the difference is given back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from msgspec import structs
from tests.node.dcp.core_gateway import (
    SQUARE,
    Client,
    Clock,
    Core,
    CountingPool,
    Ground,
    gateway_core,
    lonely_ground,
)
from tests.node.dcp.test_core_live_job import job as live_job
from tests.node.dcp.test_core_store import ACCOUNT, batch_row
from tests.node.memory_node import MemoryNode, honest_pool, memory_mesh, until

from meshnode.node.dcp.batches import Batches, BatchParts
from meshnode.node.dcp.funds import DAY_MS, Funds
from meshnode.node.dcp.port import DcpRefused

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUSY = "(x) => { progress(); let n = 0; for (let i = 0; i < 5e6; i++) n += i % 7; return n && x; }"


ROW = replace(batch_row(0), terms=structs.replace(batch_row(0).terms, quote=10**6))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with lonely_ground(tmp_path_factory.mktemp("ground"), cores=1) as ground:
        yield ground


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mesh(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[MemoryNode]]:
    """A requester and one worker."""
    async with memory_mesh(tmp_path_factory.mktemp("mesh"), [honest_pool]) as nodes:
        yield nodes


def batches(core: Core) -> Batches:
    node = core.ground.node
    return Batches(
        BatchParts(
            identity=node.keys.identity,
            config=core.config,
            runs=node.runs,
            requester=node.requester,
            pool=core.pool,
        )
    )


def spent(core: Core, client: Client) -> int:
    return core.store.spent(client.account.address, core.clock() // DAY_MS)


async def spend(core: Core, account: str, day: int, amount: int) -> None:
    """Charge a day in the store's thread: the gateway may be writing."""
    assert await core.thread.call(lambda: core.store.spend(account, day, amount, None))


async def test_an_offer_below_the_cost_ends_the_job_with_enofunds(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.start(absoluteSlicePayment=1e-9)

        end = await client.end(job)

        assert (end["code"], end["runStatus"]) == ("ENOFUNDS", "cancelled")
        assert "micro-credits" in str(end["reason"])
        await asyncio.sleep(0)
        assert len(client.session.told("nofunds", job)) == 1
        assert spent(core, client) == 0


async def test_an_offer_is_worth_what_the_owner_says(ground: Ground) -> None:
    async with gateway_core(ground, gateway_credits_per_dcc=10**15) as core:
        assert await Client(core).run(absoluteSlicePayment=1e-4) == {1: 1, 2: 4, 3: 9}


async def test_work_of_own_cores_costs_no_allowance(ground: Ground) -> None:
    async with gateway_core(ground, gateway_credits_per_day=10**12) as core:
        client = Client(core)

        await client.run(values=[*range(100)])

        assert spent(core, client) == 0, "the estimate was given back"


async def test_a_batch_beyond_the_allowance_ends_the_job_with_enofunds(ground: Ground) -> None:
    async with gateway_core(ground, gateway_credits_per_day=1) as core:
        client = Client(core)
        job = await client.start(values=[*range(100)])

        end = await client.end(job)

        assert (end["code"], end["runStatus"]) == ("ENOFUNDS", "cancelled")
        assert "allowance" in str(end["reason"])
        assert client.session.told("nofunds", job)
        assert spent(core, client) == 0


async def test_an_allowance_that_was_used_up_is_there_again_the_next_day(ground: Ground) -> None:
    clock = Clock()
    async with gateway_core(ground, clock=clock, gateway_credits_per_day=10**12) as core:
        client = Client(core)
        account = client.account.address
        await spend(core, account, clock() // DAY_MS, 10**12)
        job = await client.start(values=[*range(100)])
        assert (await client.end(job))["code"] == "ENOFUNDS"

        clock.ms += DAY_MS

        assert len(await client.run(values=[*range(100)])) == 100


async def test_what_a_batch_did_not_cost_is_given_back_to_the_day_it_was_charged_to(
    ground: Ground,
) -> None:
    clock = Clock()
    async with gateway_core(ground, clock=clock, gateway_credits_per_day=10**9) as core:
        funds = Funds(core.config, core.store, core.thread, batches(core), clock)
        live, day = live_job({1: 0, 2: 0, 3: 0}), clock() // DAY_MS
        charge = await funds.charge(live, ROW)
        assert core.store.spent(ACCOUNT, day) == charge.amount > 0
        clock.ms += DAY_MS
        await spend(core, ACCOUNT, day + 1, 500)

        await funds.settle(charge, 7)

        assert core.store.spent(ACCOUNT, day) == 7
        assert core.store.spent(ACCOUNT, day + 1) == 500


async def test_what_is_refused_is_not_charged(ground: Ground) -> None:
    async with gateway_core(ground, gateway_credits_per_day=1) as core:
        funds = Funds(core.config, core.store, core.thread, batches(core), core.clock)
        live = live_job({1: 0, 2: 0, 3: 0})

        with pytest.raises(DcpRefused, match="used up") as refused:
            await funds.charge(live, ROW)

        assert refused.value.code == "ENOFUNDS"
        assert core.store.spent(ACCOUNT, core.clock() // DAY_MS) == 0


@pytest.mark.slow
async def test_a_job_on_the_mesh_costs_its_account_what_the_workers_earn(
    mesh: list[MemoryNode],
) -> None:
    requester, worker = mesh
    ground = Ground(requester, CountingPool(1))
    before = await worker.balance()
    try:
        async with gateway_core(
            ground, gateway_home="never", gateway_quorum=1, gateway_credits_per_day=10**15
        ) as core:
            client = Client(core)

            results = await client.run(SQUARE, [*range(30)])

            assert results == {number: (number - 1) ** 2 for number in range(1, 31)}
            await until(lambda: not requester.runs._drivers)
            assert spent(core, client) == await worker.balance() - before > 0
    finally:
        ground.pool.close()


@pytest.mark.slow
async def test_a_job_that_is_cancelled_costs_what_was_done(mesh: list[MemoryNode]) -> None:
    requester, worker = mesh
    ground = Ground(requester, CountingPool(1))
    before = await worker.balance()
    try:
        async with gateway_core(
            ground, gateway_home="never", gateway_quorum=1, gateway_credits_per_day=10**15
        ) as core:
            client = Client(core)
            job = await client.start(BUSY, [*range(60)])
            await until(lambda: len(client.session.told("result", job)) > 20)

            await client.ask("cancelJob", {"job": job, "reason": ""})
            await client.end(job)

            await until(lambda: not requester.runs._drivers)
            paid = await worker.balance() - before
            assert 0 < spent(core, client) <= paid
    finally:
        ground.pool.close()
