"""Slices lent to DCP's workers: who may have and return them, what is paid, what happens when they do not come back."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from tests.node.dcp.core_gateway import (
    SQUARE,
    Client,
    Core,
    Ground,
    Worker,
    as_dict,
    fresh_address,
    gateway_core,
    lonely_ground,
    web_server,
)
from tests.node.memory_node import until

from meshnode.node.dcp import jobs as jobs_module
from meshnode.node.dcp import kvin, worker_operations
from meshnode.node.dcp.data_uri import data_uri, read_data_uri
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import DcpRefused, JsonValue

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with lonely_ground(tmp_path_factory.mktemp("ground"), cores=1) as ground:
        yield ground


@pytest.fixture(autouse=True)
def no_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices that nobody holds are computed at once, and not kept for workers that will ask soon."""
    monkeypatch.setattr(jobs_module, "RESERVE_S", 0.0)


def worker_of(core: Core, name: str = "stranger", *, is_old: bool = False) -> Worker:
    return Worker(Client(core, name), fresh_address(), is_old=is_old)


async def prepared(
    client: Client, values: list[int], source: str = SQUARE, **changes: JsonValue
) -> str:
    """Submit a job that needs only to be joined."""
    job = await client.submit(source, **changes)
    await client.upload(job, values)
    await client.close(job)
    return job


@pytest.mark.parametrize("is_old", [False, True])
async def test_a_matched_result_is_told_and_credited_once(ground: Ground, *, is_old: bool) -> None:
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core, is_old=is_old)
        job = await prepared(client, [2, 3])
        await client.join(job)
        ((name, numbers),) = (await worker.fetch()).items()
        assert numbers == [1, 2]

        for number, value in ((1, 4), (2, 9)):
            answer = await worker.give(name, number, value)
            assert answer["success"] is True
            assert answer["slicePaymentAmount"] == "0.000000000000000000"

        await client.end(job)
        assert client.results(job) == {1: 4, 2: 9}
        earned = await core.earned(worker.address)
        assert earned > 0
        with pytest.raises(DcpRefused, match="does not hold that slice"):
            await worker.give(name, 1, 4)
        assert await core.earned(worker.address) == earned


async def test_a_wrong_result_is_never_credited_and_its_slice_is_computed(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, liar = Client(core), worker_of(core)
        job = await prepared(client, [2, 3])
        await client.join(job)
        assert await liar.fetch() == {job: [1, 2]}

        await liar.give(job, 1, 5)
        await liar.give(job, 2, "nine")

        await client.end(job)
        assert client.results(job) == {1: 4, 2: 9}
        assert await core.earned(liar.address) == 0


async def test_of_two_results_only_the_right_one_is_paid(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, worker, liar = Client(core), worker_of(core), worker_of(core, "liar")
        job = await prepared(client, [2, 3, 4, 5, 6])
        await client.join(job)
        assert await worker.fetch() == {job: [2, 3, 4, 5]}
        assert await liar.fetch() == {job: [1]}

        await worker.give(job, 3, 16)
        await worker.give_back(job, [2, 4, 5])
        await liar.give(job, 1, -4)

        await client.end(job)
        assert client.results(job) == {1: 4, 2: 9, 3: 16, 4: 25, 5: 36}
        assert await core.earned(liar.address) == 0
        assert await core.earned(worker.address) > 0


VALUES = (
    "1e-7, 0.00001, -2.5e-9, 1e21, 1.5e300, 5e-324, 0.1, 123456789012345680000, -0, NaN, -Infinity,"
    " 'text', 'caf\\u00e9 \\u{1F600}', '\\ud800', true, null, undefined, [], [1e-7, 'x', [null]],"
    " {b: 1e-9, a: {}}, {10: 1, 9: 2, x: 3}, new Uint8Array([0, 255]), new Float64Array([1e-7, 0]),"
    " new Date(0), new Map([[1, 2]]), 10n"
)


@pytest.mark.parametrize("is_old", [False, True])
async def test_an_honest_result_is_matched_whatever_the_value(
    ground: Ground, caplog: pytest.LogCaptureFixture, *, is_old: bool
) -> None:
    caplog.set_level(logging.INFO)
    source = f"(i) => {{ progress(); return [{VALUES}][i]; }}"
    count = 26
    async with gateway_core(ground) as core:
        client = Client(core)
        honest = await client.start(source, [*range(count)])
        assert (await client.end(honest))["runStatus"] == "finished"
        texts = client.texts(honest)
        worker = worker_of(core, is_old=is_old)
        job = await prepared(client, [*range(count)], source)
        await client.join(job)
        ((name, numbers),) = (await worker.fetch(cores=8)).items()
        assert len(numbers) == count

        ran = core.pool.slices_ran
        for number in numbers:
            await worker.give_text(name, number, texts[number])
        await client.end(job)

        assert client.texts(job) == texts
        assert "event=dcp_result_refused" not in caplog.text
        assert await core.earned(worker.address) > 0
        assert core.pool.slices_ran - ran < 2 * count + 10, "none was computed again"


@pytest.mark.parametrize("value", ["text", True])
async def test_texts_and_truth_values_come_as_json_and_match(
    ground: Ground, *, value: str | bool
) -> None:
    """`serializeJobValue` of dcp-client writes these two as JSON."""
    source = f"(x) => {{ progress(); return {dumps(value)}; }}"
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        job = await prepared(client, [1], source)
        await client.join(job)
        await worker.fetch()

        await worker.give_text(job, 1, dumps(value), "json")
        await client.end(job)

        assert await core.earned(worker.address) > 0


# Who has what


async def test_a_lent_slice_is_in_no_batch_until_it_is_given_back(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        job = await prepared(client, [1, 2, 3, 4, 5, 6])
        await client.join(job)
        ran = core.pool.slices_ran
        assert await worker.fetch() == {job: [3, 4, 5, 6]}
        await until(lambda: client.results(job) == {1: 1, 2: 4})
        await asyncio.sleep(0.1)
        assert core.pool.slices_ran == ran + 2
        assert not client.session.told("stop", job)

        await worker.give_back(job, [5, 6, 77])
        await until(lambda: client.results(job).keys() == {1, 2, 5, 6})
        assert await worker.fetch(fetch_state=16) == {}

        await client.end(job)
        assert core.pool.slices_ran == ran + 6
        assert await core.earned(worker.address) == 0


async def test_no_slice_of_a_batch_is_lent_while_the_batch_is_made_ready(ground: Ground) -> None:
    gate = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        await gate.wait()
        return web.Response(text=SQUARE)

    async with (
        web_server(answer) as url,
        gateway_core(ground, gateway_origins=(url,)) as core,
    ):
        client, worker = Client(core), worker_of(core)
        job = await prepared(client, [1, 2, 3], workFunctionURI=f"{url}/work.js")
        await client.join(job)
        await until(lambda: len(core.jobs.live[job].computing) > 0, 5)

        lent = await worker.fetch()
        gate.set()
        if not lent:
            await client.end(job)
        await until(lambda: core.jobs.live.get(job) is None or bool(client.results(job)))

        computed = client.results(job).keys()
        assert not computed & set(lent.get(job, ()))


async def test_slices_come_back_when_they_are_overdue_and_are_not_lent_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_operations, "WATCH_EVERY_S", 0.02)
    monkeypatch.setattr(worker_operations, "LENT_GRACE_S", -4.9)
    async with gateway_core(ground, gateway_slice_s=5) as core:
        client, worker = Client(core), worker_of(core)
        job = await prepared(client, [1, 2])
        await client.join(job)
        assert await worker.fetch() == {job: [1, 2]}

        await client.end(job)

        assert client.results(job) == {1: 1, 2: 4}
        with pytest.raises(DcpRefused, match="no longer"):
            await worker.give(job, 1, 1)
        assert await core.earned(worker.address) == 0
        assert core.lending.jobs() == frozenset()


async def test_a_worker_that_stops_gives_all_back(ground: Ground) -> None:
    """A 5.6.1 worker names itself only in a signed message then (`sendReturnAllSlicesMessage`)."""
    async with gateway_core(ground) as core:
        client, worker, thief = Client(core), worker_of(core), worker_of(core, "thief")
        job = await prepared(client, [1, 2, 3])
        await client.join(job)
        assert await worker.fetch() == {job: [1, 2, 3]}

        await thief.stop(worker.id)
        assert core.jobs.live[job].lent == {1, 2, 3}
        await worker.stop(worker.id)

        await client.end(job, 5.0)
        assert client.results(job) == {1: 1, 2: 4, 3: 9}


async def test_only_who_holds_a_slice_may_return_it(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core, "worker")
        job = await prepared(client, [1, 2, 3, 4, 5])
        await client.join(job)
        assert await worker.fetch() == {job: [2, 3, 4, 5]}
        thief, double = worker_of(core, "thief"), worker_of(core, "worker")
        thief.id = worker.id

        for somebody, number in ((thief, 2), (double, 2), (worker, 1), (worker, 6)):
            with pytest.raises(DcpRefused, match="does not hold that slice") as refused:
                await somebody.give(job, number, 4)
            assert refused.value.code == "ENOSLICE"
        await thief.give_back(job, [2, 3, 4, 5])
        await double.give_back(job, [2, 3, 4, 5])
        with pytest.raises(DcpRefused, match="another identity"):
            await thief.fetch(fetch_state=16 | 1)
        assert core.jobs.live[job].lent == {2, 3, 4, 5}

        await worker.give(job, 2, 4)
        await worker.give_back(job, [3, 4, 5])
        await client.end(job)
        assert await core.earned(worker.address) > 0
        assert await core.earned(thief.address) == 0
        assert await core.earned(double.address) == 0


NOTHING: dict[str, JsonValue] = {
    "no value": {},
    "no KVIN": {"resultV2": 5},
    "of an unknown version": {"resultV2": {"_serializeVerId": "v7", "what": 1}},
    "not serialised": {"resultV2": kvin.marshal(5)},
    "serialised as a number": {"resultV2": kvin.marshal({"string": 5, "method": "kvin"})},
    "garbage": {"resultV2": kvin.marshal({"string": "garbage", "method": "kvin"})},
    "half of JSON": {"resultV2": kvin.marshal({"string": "{", "method": "json"})},
    "elsewhere": {"result": "http://127.0.0.1:1/x"},
    "a number": {"result": 5},
    "no URI": {"result": "data:nothing"},
    "garbage in a URI": {"result": "data:application/x-kvin,garbage"},
    "half a character": {"result": "data:application/x-kvin,\ud800"},
    "half of JSON in a URI": {"result": "data:application/json,{"},
}


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("is_local", [False, True])
async def test_what_is_no_result_is_refused_and_its_slice_stays_where_it_is(
    ground: Ground, name: str, *, is_local: bool
) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        worker = Worker(client, fresh_address())
        job = await client.submit(localExec=is_local, dataRange={"start": 1, "end": 1})
        await client.join(job)
        assert await worker.fetch([job]) == {job: [1]}
        data: JsonValue = {"slice": 1, "job": job, "worker": worker.id, **as_dict(NOTHING[name])}

        with pytest.raises(DcpRefused):
            await client.ask("result", data)

        assert core.lending.find(job, 1, worker.id, client.key.address) is not None
        assert core.jobs.live[job].lent == {1}


async def test_a_worker_holds_a_bounded_number_of_slices(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        job = await prepared(client, [*range(100)])
        await client.join(job)

        lent = (await worker.fetch(cores=1e300))[job]

        assert len(lent) <= 32
        assert await worker.fetch(cores=1e300) == {}
        await worker.give_back(job, lent)
        await client.end(job)


async def test_a_worker_is_not_given_jobs_that_it_refused_or_cannot_run(ground: Ground) -> None:
    files: JsonValue = {"f.js": "module.declare([], (r, exports) => { exports.one = 1; });"}
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        await client.ask("deployPackage", {"name": "pkg", "version": "1.0.0", "files": files})
        job = await prepared(client, [1], dependencies=["pkg/f"])
        unjoined = await prepared(client, [1])

        await client.join(job)
        assert await worker.fetch() == {}
        assert await worker.fetch([unjoined]) == {}

        await client.end(job)


async def test_slices_are_kept_for_a_worker_that_will_ask_soon_but_not_for_long(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "RESERVE_S", 0.5)
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        assert await worker.fetch() == {}
        job = await client.start(values=[1, 2, 3, 4])
        await until(lambda: bool(client.results(job)))

        kept = {*(await worker.fetch())[job]}
        assert kept
        assert not kept & client.results(job).keys()
        await worker.give_back(job, [*kept])

        await client.end(job)
        assert client.results(job) == {1: 1, 2: 4, 3: 9, 4: 16}


async def test_nothing_is_kept_of_jobs_that_workers_may_not_have(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "RESERVE_S", 60.0)
    source = "(x) => { progress(); return require('pkg/f').one; }"
    files: JsonValue = {"f.js": "module.declare([], (r, exports) => { exports.one = 1; });"}
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        await client.ask("deployPackage", {"name": "pkg", "version": "1.0.0", "files": files})
        assert await worker.fetch() == {}
        job = await client.start(source, [1, 2], dependencies=["pkg/f"])

        await client.end(job, 4.0)


async def test_what_a_job_is_told_to_a_worker_in_both_dialects(ground: Ground) -> None:
    argument: JsonValue = {"string": kvin.encode([7]), "method": "kvin"}
    async with gateway_core(ground) as core:
        client, new, old = Client(core), worker_of(core), worker_of(core, is_old=True)
        job = await prepared(
            client,
            [2, 3, 4, 5, 6],
            marshaledArguments={"_serializeVerId": "v9", "what": {"arr": [{"raw": argument}]}},
        )
        await client.join(job)
        assert list(await new.fetch()) == [job]
        (escrow,) = await old.fetch()

        row = core.store.job(job)
        assert row is not None
        assert escrow == row.terms.escrow
        for worker, name, version in ((new, job, "v9"), (old, escrow, "v8")):
            told = as_dict(worker.jobs[name])
            assert told["codeLocation"] == data_uri(SQUARE)
            assert told["worktime"] == {"name": "map-basic", "version": "1.0.0"}
            arguments = told["argumentsLocation"]
            assert isinstance(arguments, list)
            for uri in (str(as_dict(arguments[0])["value"]), *worker.uris.values()):
                assert f'"_serializeVerId":"{version}"' in read_data_uri(uri).text
        assert as_dict(old.jobs[escrow])["requirements"]


async def test_what_strangers_say_of_a_meshs_slice_is_told_to_nobody(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        job = await prepared(client, [1])
        await client.join(job)
        await worker.fetch()

        for event in ("console", "error", "custom", "noProgress"):
            await worker.emit(job, 1, event, {"message": "lies"})
        await worker.give(job, 1, 1)
        await client.end(job)

        for event in ("console", "error", "custom", "noprogress"):
            assert not client.session.told(event, job)


async def test_lent_slices_of_an_ended_job_are_nobodys(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_operations, "WATCH_EVERY_S", 0.02)
    async with gateway_core(ground) as core:
        client, worker = Client(core), worker_of(core)
        job = await prepared(client, [1, 2])
        await client.join(job)
        await worker.fetch()
        await worker.give(job, 1, 1)
        await client.ask("cancelJob", {"job": job, "reason": ""})

        with pytest.raises(DcpRefused, match="no longer"):
            await worker.give(job, 2, 4)
        await until(lambda: core.lending.held(worker.id) == 0)


# Local jobs


async def test_a_local_job_is_computed_by_its_own_clients_worker_only_and_unpaid(
    ground: Ground,
) -> None:
    async with gateway_core(ground) as core:
        client, stranger = Client(core), worker_of(core, "stranger")
        own = Worker(client, fresh_address())
        job = await client.submit(localExec=True, dataRange={"start": 1, "end": 3})
        await client.join(job)
        ran = core.pool.slices_ran

        assert await stranger.fetch() == {}
        assert await stranger.fetch([job]) == {}
        assert await own.fetch() == {}
        assert await own.fetch([job]) == {job: [1, 2, 3]}
        await own.emit(job, 2, "console", {"level": "log", "message": "hello"})
        for number in (1, 2, 3):
            await own.give(job, number, f"any {number}")

        assert (await client.end(job))["runStatus"] == "finished"
        assert client.results(job) == {1: "any 1", 2: "any 2", 3: "any 3"}
        assert [event["message"] for event in client.session.told("console", job)] == ["hello"]
        assert core.pool.slices_ran == ran
        assert await core.earned(own.address) == 0


async def test_a_local_jobs_files_go_to_its_own_worker_as_they_are(ground: Ground) -> None:
    files: JsonValue = {"0": "file:///tmp/a", "length": 1}
    async with gateway_core(ground) as core:
        client = Client(core)
        own = Worker(client, fresh_address())
        job = await client.submit(localExec=True, marshaledDataValues=files)

        await own.fetch([job])

        assert own.uris == {1: "file:///tmp/a"}


async def test_a_local_slice_that_fails_again_and_again_ends_its_job(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        own = Worker(client, fresh_address())
        job = await client.submit(localExec=True, dataRange={"start": 1, "end": 1})
        for _ in range(3):
            assert await own.fetch([job]) == {job: [1]}
            await own.emit(job, 1, "error", {"name": "Error", "message": "no"})
            await own.give_back(job, [1], "EUNCAUGHT")

        end = await client.end(job)

        assert (end["code"], end["runStatus"]) == ("ETOOMANYERRORS", "cancelled")
        assert "EUNCAUGHT" in str(end["reason"])
        assert len(client.session.told("error", job)) == 3


async def test_a_local_slice_that_is_returned_unharmed_is_no_failure(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        own = Worker(client, fresh_address())
        job = await client.submit(localExec=True, dataRange={"start": 1, "end": 1})
        for _ in range(5):
            assert await own.fetch([job]) == {job: [1]}
            await own.give_back(job, [1], "worker is stopping")

        assert not client.session.told("stop", job)
        assert await own.fetch([job]) == {job: [1]}
        await own.give(job, 1, 1)
        assert (await client.end(job))["runStatus"] == "finished"
