"""The owner comes first: work for others stops where it is within a second."""

import asyncio

import psutil
from tests.node.test_slice_pool import ENDLESS, work
from tests.sandbox.modules import slice_module

from meshnode.node.config import Config
from meshnode.node.contributing import Contributing
from meshnode.node.idle import MachineUse
from meshnode.node.slice_pool import SlicePool
from meshnode.protocol.values import IdentityId
from meshnode.protocol.worker_events import WorkerPolicy
from meshnode.sandbox import ChildLimits

IDLE = MachineUse(others_load_percent=0, input_age_s=3600)
BUSY = MachineUse(others_load_percent=150, input_age_s=3600)
POLICY = WorkerPolicy(
    identity=IdentityId(bytes(32)),
    cores=0,
    operations_per_s=10**9,
    price=1_000,
    memory_bytes_max=1 << 30,
    tape_bytes_max=1 << 20,
    operations_max=10**15,
    trusted=frozenset(),
    refused=frozenset(),
)


def slice_states() -> set[str]:
    children = psutil.Process().children()
    return {child.status() for child in children if "meshnode.sandbox.child" in child.cmdline()}


async def wait_for_state(state: str, timeout_s: float) -> None:
    async with asyncio.timeout(timeout_s):
        while slice_states() != {state}:  # noqa: ASYNC110  a process has no event
            await asyncio.sleep(0.02)


async def test_work_for_others_stops_within_a_second_of_the_owners_return() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    use, policies = [IDLE], list[WorkerPolicy]()
    contributing = Contributing(
        Config(contribute="idle", cores=1), pool, policies.append, POLICY, lambda: use[0]
    )
    watching = asyncio.create_task(contributing.serve())
    endless = work(b"endless", slice_module(f"{ENDLESS} (unreachable)"))
    running = asyncio.create_task(pool.run(endless, 0, 1, 10**14))
    try:
        await wait_for_state(psutil.STATUS_RUNNING, 10)

        use[0] = BUSY
        await wait_for_state(psutil.STATUS_STOPPED, 1)
    finally:
        running.cancel()
        watching.cancel()
        pool.close()

    assert [policy.cores for policy in policies] == [1, 0]
    assert "other programs use 150 %" in contributing.now.reason
