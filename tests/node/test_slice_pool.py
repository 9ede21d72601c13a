"""The slice processes' pool: what takes too long or is given up leaves the core to others."""

import asyncio

import msgspec
import pytest
from tests.sandbox.modules import slice_module, square_tape

from meshnode.node import slice_pool
from meshnode.node.slice_pool import SlicePool
from meshnode.node.slice_work import SliceWork, slice_work
from meshnode.protocol.values import (
    ABI_JAVASCRIPT,
    ABI_VERSION,
    METERING_QUOTED,
    METERING_VERSION,
    PROFILE,
    PROFILE_JAVASCRIPT,
    RunDescriptor,
    digest,
    run_hash,
)
from meshnode.sandbox import (
    ChildLimits,
    ChildLost,
    ChunkOutcome,
    JavaScriptProfile,
    JavaScriptProgram,
    ModuleRefused,
    decode_records,
    encode_data,
    encode_program,
    slice_profile,
)

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


@pytest.mark.parametrize("pause_s", [0.0, 0.1])
async def test_a_load_that_is_cancelled_while_its_process_starts_frees_its_core(
    pause_s: float,
) -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    endless = work(b"endless", slice_module(load=ENDLESS))
    try:
        running = asyncio.create_task(pool.run(endless, 0, 1, 10**14))
        await asyncio.sleep(pause_s)

        running.cancel()
        async with asyncio.timeout(15):
            outcome = await pool.run(work(b"squares", slice_module()), 0, 3, 10**6)
    finally:
        pool.close()

    assert outcome.tape == square_tape(0, 3)


def javascript(source: str, *data: int, seed: bytes = b"") -> SliceWork:
    program = JavaScriptProgram(
        worktime="map-basic", work_function=source, arguments=(), seed=seed, must_progress=False
    )
    module = encode_program(program)
    captures = encode_data([f'{{"_serializeVerId":"v9","what":{datum}}}' for datum in data])
    profile = JavaScriptProfile(memory_bytes=128 << 20, slice_operations=7)
    return SliceWork(
        key=module + captures, module=module, captures=captures, profile=profile, loop=0
    )


def values(outcome: ChunkOutcome) -> list[str | None]:
    records = decode_records(outcome.tape, outcome.iterations_done)
    assert records is not None
    return [record.value for record in records]


async def test_a_core_runs_both_kinds_of_slices_one_after_the_other() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    doubled = javascript("(x) => 2 * x", 4, 5)
    try:
        for _ in range(2):
            assert (await pool.run(work(b"s", slice_module()), 0, 3, 10**6)).tape == square_tape(
                0, 3
            )
            outcome = await pool.run(doubled, 1, 2, 0)
            assert values(outcome) == ['{"_serializeVerId":"v9","what":10}']
            assert outcome.operations == 7, "a slice's quoted price"
    finally:
        pool.close()


async def test_a_cancelled_javascript_slice_frees_its_core() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    try:
        running = asyncio.create_task(pool.run(javascript("() => { for (;;) {} }", 1), 0, 1, 0))
        while not pool.running:  # noqa: ASYNC110  a test may look
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)

        running.cancel()
        async with asyncio.timeout(10):
            outcome = await pool.run(javascript("(x) => x + 1", 1), 0, 1, 0)
    finally:
        pool.close()

    assert values(outcome) == ['{"_serializeVerId":"v9","what":2}']
    assert running.cancelled()


async def test_what_is_no_program_is_refused_and_the_core_goes_on() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    profile = JavaScriptProfile(memory_bytes=128 << 20, slice_operations=7)
    broken = SliceWork(key=b"b", module=b"nothing", captures=b"", profile=profile, loop=0)
    try:
        with pytest.raises(ModuleRefused, match="no JavaScript program"):
            await pool.run(broken, 0, 1, 0)
        assert pool.running == 0
        outcome = await pool.run(javascript("(x) => x", 3), 0, 1, 0)
    finally:
        pool.close()

    assert values(outcome) == ['{"_serializeVerId":"v9","what":3}']


async def test_programs_that_differ_in_their_seed_alone_are_loaded_anew() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    source = "() => Math.random()"
    try:
        drawn = [
            values(await pool.run(javascript(source, 1, seed=seed), 0, 1, 0))
            for seed in (b"a", b"b", b"a")
        ]
    finally:
        pool.close()

    assert drawn[0] == drawn[2] != drawn[1]


def test_a_descriptor_says_what_runs_a_slice() -> None:
    descriptor = RunDescriptor(
        abi_version=ABI_JAVASCRIPT,
        metering_version=METERING_QUOTED,
        profile=PROFILE_JAVASCRIPT,
        module=digest(b"module"),
        captures=digest(b"captures"),
        loop=0,
        iterations=10,
        chunk_length=5,
        operations_max=50,
        memory_bytes=64 << 20,
    )
    other = msgspec.structs.replace(
        descriptor, abi_version=ABI_VERSION, metering_version=METERING_VERSION, profile=PROFILE
    )

    made = slice_work(run_hash(descriptor), descriptor, b"module", b"captures")

    assert made.kind == "javascript"
    assert isinstance(made.profile, JavaScriptProfile)
    assert made.profile.slice_operations == 10
    assert slice_work(run_hash(other), other, b"module", b"captures").kind == "wasm"


async def test_more_callers_than_cores_wait_in_order() -> None:
    pool = SlicePool(1, ChildLimits(nice=0))
    try:
        outcomes = await asyncio.gather(
            *[pool.run(work(b"s", slice_module()), i, i + 1, 10**6) for i in range(5)]
        )
    finally:
        pool.close()

    assert [outcome.tape for outcome in outcomes] == [square_tape(i, i + 1) for i in range(5)]
