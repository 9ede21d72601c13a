"""The slice processes' pool: what takes too long or is given up leaves the core to others."""

import asyncio

import pytest
from tests.sandbox.modules import slice_module, square_tape

from meshnode.node import slice_pool
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork
from meshnode.sandbox import ChildLimits, ChildLost, slice_profile

ENDLESS = "(loop $again (br $again))"


def work(key: bytes, module: bytes) -> SliceWork:
    profile = slice_profile(1 << 20, 10**14)
    return SliceWork(key=key, module=module, captures=bytes(8), profile=profile, loop=0)


async def test_a_module_that_loads_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slice_pool, "LOAD_S_MAX", 0.5)
    pool = SlicePool(1, ChildLimits(nice=0))
    try:
        with pytest.raises(ChildLost, match="loading took longer"):
            await pool.load(work(b"endless", slice_module(load=ENDLESS)))

        monkeypatch.setattr(slice_pool, "LOAD_S_MAX", 20)
        outcome = await pool.run(work(b"squares", slice_module()), 0, 3, 10**6)
    finally:
        pool.close()

    assert outcome.tape == square_tape(0, 3)


async def test_a_cancelled_chunk_frees_its_core() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    endless = work(b"endless", slice_module(f"{ENDLESS} (unreachable)"))
    try:
        running = asyncio.create_task(pool.run(endless, 0, 1, 10**14))
        while not pool.running:  # noqa: ASYNC110  a test may look
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)

        running.cancel()
        async with asyncio.timeout(10):
            outcome = await pool.run(work(b"squares", slice_module()), 0, 3, 10**6)
    finally:
        pool.close()

    assert outcome.tape == square_tape(0, 3)


async def test_more_callers_than_cores_wait_in_order() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    try:
        outcomes = await asyncio.gather(
            *[pool.run(work(b"s", slice_module()), i, i + 1, 10**6) for i in range(5)]
        )
    finally:
        pool.close()

    assert [outcome.tape for outcome in outcomes] == [square_tape(i, i + 1) for i in range(5)]
