"""Jobs of DCP's clients from submission to end, computed in real sandboxes; sessions without sockets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import unquote

import pytest
import pytest_asyncio
from tests.node.dcp.core_gateway import (
    Client,
    Ground,
    as_dict,
    fresh_name,
    gateway_core,
    lonely_ground,
    number_of,
    submission,
)
from tests.node.memory_node import until

from meshnode.node.dcp import endings, kvin
from meshnode.node.dcp import jobs as jobs_module
from meshnode.node.dcp import room as room_module
from meshnode.node.dcp.data_uri import read_data_uri
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.store import DcpStore, SliceResult
from meshnode.node.errors import StorageError
from meshnode.node.options import HomeUse

pytestmark = pytest.mark.asyncio(loop_scope="module")

THROW = "(x) => { progress(); console.log(Math.random()); throw new Error('no ' + x); }"
HANG = "(x) => { progress(); for (;;) {} }"
SLOW = "(x) => { progress(); let n = 0; for (let i = 0; i < 5e6; i++) n += i % 7; return n && x; }"
"""Some ten milliseconds."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with lonely_ground(tmp_path_factory.mktemp("ground")) as ground:
        yield ground


# What is taken


async def test_a_job_is_computed_and_its_end_told(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        assert await Client(core).run(values=[1, 2, 3]) == {1: 1, 2: 4, 3: 9}


async def test_a_range_needs_no_upload(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.submit(dataRange={"start": 2, "end": 8, "step": 3})
        await client.join(job)

        end = await client.end(job)

        assert end == {"eventName": "stop", "job": job, "runStatus": "finished", "sliceCount": 3}
        assert client.results(job) == {1: 4, 2: 25, 3: 64}


async def test_an_event_carries_the_token_that_its_subscription_got(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.submit()
        tokens = (await client.subscribe(job, ["stop"]))["tokens"]
        await client.close(job)

        await client.end(job)

        assert isinstance(tokens, list)
        told = [as_dict(data)["token"] for _, data in client.session.requests]
        assert as_dict(tokens[0])["token"] in told


async def test_a_job_without_slices_finishes_at_once(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        assert await Client(core).run(values=[]) == {}


async def test_a_job_that_joined_no_group_is_not_computed(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        before = core.pool.slices_ran
        job = await client.submit()
        await client.upload(job, [1, 2])
        await client.close(job)

        await client.run()

        assert core.pool.slices_ran == before + 3
        assert not client.session.told("stop", job)


async def test_a_group_of_others_is_refused_with_what_to_do(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.submit()

        with pytest.raises(DcpRefused, match=r"public compute group.*leave out job\.computeGroups"):
            await client.ask("addJobToGroups", {"job": job, "cgArray": [{"joinKey": "ours"}]})


async def test_a_submission_twice_is_one_job(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, job = Client(core), fresh_name("job")
        data = submission(job, client.account.address, dataRange={"start": 1, "end": 3})

        answers = [await client.ask("submit@5", data) for _ in range(2)]

        assert answers[0] == answers[1]
        assert answers[0]["lastSliceNumber"] == 3
        listed = await core.jobs.listed(client.session.owner)
        assert [row.terms.job for row, _ in listed] == [job]


async def test_a_submission_twice_at_the_same_time_is_one_job(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, job = Client(core), fresh_name("job")
        data = submission(job, client.account.address, dataRange={"start": 1, "end": 3})

        answers = await asyncio.gather(*[client.ask("submit@5", data) for _ in range(3)])

        assert [answer["lastSliceNumber"] for answer in answers] == [3, 3, 3]
        assert len({str(answer["escrow"]) for answer in answers}) == 1


async def test_a_job_id_of_another_client_is_refused(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        job = await Client(core, "alice").submit()
        mallory = Client(core, "mallory")

        with pytest.raises(DcpRefused, match="another client has a job of this id"):
            await mallory.ask("submit@5", submission(job, mallory.account.address))


async def test_slices_uploaded_twice_with_one_request_id_are_stored_once(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.submit()

        assert await client.upload(job, [1, 2], "request") == 2
        assert await client.upload(job, [1, 2], "request") == 2
        assert await client.upload(job, [5], "another") == 3
        assert core.jobs.live[job].total == 3
        assert core.store.counts(job).total == 3


async def test_a_closed_job_takes_no_slices(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.submit()
        await client.upload(job, [1])
        await client.close(job)

        with pytest.raises(DcpRefused, match="closed") as refused:
            await client.upload(job, [2])
        assert refused.value.code == "ECLOSED"


async def test_an_open_job_computes_what_comes_later(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.submit(isOpen=True)
        await client.join(job)
        await client.upload(job, [1])
        await until(lambda: client.results(job) == {1: 1})
        assert not client.session.told("stop", job)

        await client.upload(job, [3])
        await client.close(job)

        await client.end(job)
        assert client.results(job) == {1: 1, 2: 9}


async def test_too_many_jobs_of_one_client_leave_room_for_others(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_module, "JOBS_PER_CLIENT_MAX", 2)
    async with gateway_core(ground) as core:
        alice = Client(core, "alice")
        await alice.submit()
        await alice.submit()

        with pytest.raises(DcpRefused, match="2 of your jobs have not ended") as refused:
            await alice.submit()
        assert refused.value.code == "ETOOMANYJOBS"
        assert await Client(core, "bob").run() == {1: 1, 2: 4, 3: 9}


async def test_the_input_of_a_job_and_of_a_client_is_bounded(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_module, "JOB_BYTES_MAX", 3_000)
    monkeypatch.setattr(room_module, "CLIENT_BYTES_MAX", 5_000)
    async with gateway_core(ground) as core:
        alice, bob = Client(core, "alice"), Client(core, "bob")
        first, second = await alice.submit(), await alice.submit()

        for _ in range(5):
            assert await alice.upload(first, ["x" * 2_000], "one request") == 1
        with pytest.raises(DcpRefused) as refused:
            await alice.upload(first, ["x" * 2_000])
        assert refused.value.code == "ETOOLARGE"
        await alice.upload(second, ["x" * 2_000])
        with pytest.raises(DcpRefused, match="GiB"):
            await alice.upload(second, ["x" * 900])
        assert core.store.counts(second).total == 1

        await bob.upload(await bob.submit(), ["x" * 2_000])


async def test_the_bound_on_a_jobs_input_outlasts_a_restart(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_module, "JOB_BYTES_MAX", 3_000)
    store = DcpStore(":memory:")
    async with gateway_core(ground, store) as core:
        job = await Client(core).submit()
        await Client(core).upload(job, ["x" * 2_000])

    async with gateway_core(ground, store) as core:
        with pytest.raises(DcpRefused, match="GiB"):
            await Client(core).upload(job, ["x" * 2_000])


async def test_a_python_job_is_refused_with_what_to_do_where_there_is_no_python(
    ground: Ground,
) -> None:
    async with gateway_core(ground) as core:
        with pytest.raises(DcpRefused, match="map-basic") as refused:
            await Client(core).submit(worktime={"name": "pyodide", "version": "^0.28.0"})
        assert refused.value.code == "ENOWORKTIME"


# Who may do what


async def test_another_client_cannot_see_close_cancel_fetch_or_subscribe(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        alice, mallory = Client(core, "alice"), Client(core, "mallory")
        job = await alice.submit()
        await alice.upload(job, [2])

        asked: list[tuple[str, JsonValue]] = [
            ("closeJob", {"job": job}),
            ("cancelJob", {"job": job, "reason": "mine"}),
            ("fetchResult", {"job": job, "owner": alice.key.address}),
            ("addJobToGroups", {"job": job, "cgArray": [{"joinKey": "public"}]}),
            (
                "addSliceData",
                {"job": job, "dataValues": {"_serializeVerId": "v9", "what": {"raw": [1]}}},
            ),
            ("subscribe", {"label": "result", "options": {"filter": {"job": job}}}),
            ("subscribeMany", {"reliableEvents": ["stop"], "options": {"filter": {"job": job}}}),
        ]
        for operation, data in asked:
            with pytest.raises(DcpRefused, match="you have no job of this id") as refused:
                await mallory.ask(operation, data)
            assert refused.value.code == "ENOJOB"
        assert await core.operations.call(mallory.request("listJobs", {})) == []

        assert core.jobs.live[job].total == 1
        await alice.join(job)
        await alice.close(job)
        await alice.end(job)
        assert alice.results(job) == {1: 4}
        assert mallory.session.requests == []


async def test_who_subscribed_before_a_job_was_submitted_hears_nothing(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        alice, mallory, job = Client(core, "alice"), Client(core, "mallory"), fresh_name("job")

        with pytest.raises(DcpRefused):
            await mallory.subscribe(job)
        await alice.run(job=job)

        assert mallory.session.requests == []


async def test_an_account_that_did_not_sign_pays_nothing(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client, other = Client(core, "client"), Client(core, "other")
        job = fresh_name("job")
        data = submission(job, client.account.address)
        signed = client.request("submit@5", data)
        address = client.account.address

        for request in (
            client.request("submit@5", data, guardian=other.account.address),
            client.request("submit@5", data, accessor=other.key.address),
            client.request("submit@5", data, resource=other.account.address),
            replace(signed, auth={}),
            replace(signed, allow=()),
            replace(signed, auth={address: other.account.sign(signed.payload_text)}),
            replace(signed, auth={address: client.key.sign(signed.payload_text)}),
            replace(signed, auth={address: "0x00"}),
            replace(signed, payload_text=signed.payload_text + " "),
            replace(signed, session=other.session),
        ):
            with pytest.raises(DcpRefused, match="payment account") as refused:
                await core.operations.call(request)
            assert refused.value.code == "EPERM"

        assert core.store.job(job) is None
        assert job not in core.jobs.live


# Errors


async def test_a_slice_that_throws_is_tried_with_other_seeds_and_then_ends_its_job(
    ground: Ground,
) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.start(THROW, [7])

        end = await client.end(job)

        assert end["code"] == "ETOOMANYERRORS"
        assert "no 7" in str(end["reason"])
        assert len(client.session.told("error", job)) == 3
        drawn = [str(event["message"]) for event in client.session.told("console", job)]
        assert len(set(drawn)) == 3, "each try has its own randomness"


async def test_one_slice_that_fails_once_in_a_while_harms_nobody(ground: Ground) -> None:
    source = (
        "(x) => { progress(); if (Math.random() < 0.02) throw new Error('bad luck'); return x; }"
    )
    async with gateway_core(ground) as core:
        client = Client(core)

        results = await client.run(source, [*range(60)])

        assert results == {number: number - 1 for number in range(1, 61)}


async def test_many_slices_that_fail_end_their_job(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.compute.ERRORS_MAX", 4)
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.start(
            "(x) => { progress(); if (x) throw x; return 1; }", [0, 1, 1, 1, 1]
        )

        end = await client.end(job)

        assert end["code"] == "ETOOMANYERRORS"
        failed = [number_of(event) for event in client.session.told("error", job)]
        assert max(failed.count(number) for number in failed) < 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "code"),
    [(HANG, "ENOPROGRESS"), ("(x) => { for (;;) progress(); }", "ESLICETOOSLOW")],
)
async def test_slices_that_take_too_long_end_their_job(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, source: str, code: str
) -> None:
    monkeypatch.setattr("meshnode.node.dcp.compute.TRIES_MAX", 2)
    limits = (1, 60) if code == "ENOPROGRESS" else (60, 1)
    async with gateway_core(
        ground, gateway_progress_s=limits[0], gateway_slice_s=limits[1]
    ) as core:
        client = Client(core)
        job = await client.start(source, [1])

        end = await client.end(job)

        assert (end["runStatus"], end["code"]) == ("cancelled", code)
        assert [event["code"] for event in client.session.told("error", job)] == [code] * 2
        noticed = client.session.told("noprogress", job)
        assert len(noticed) == (2 if code == "ENOPROGRESS" else 0)


@pytest.mark.slow
@pytest.mark.parametrize("home", ["only", "auto"])
async def test_hanging_slices_leave_the_cores_to_other_clients(
    ground: Ground, home: HomeUse
) -> None:
    async with gateway_core(ground, gateway_home=home, gateway_progress_s=1) as core:
        alice, bob = Client(core, "alice"), Client(core, "bob")
        before = len(core.pool.finished)
        hanging = [await alice.start(HANG, [*range(20)]) for _ in range(6)]
        await until(lambda: len(core.pool.finished) > before + 2)
        before = len(core.pool.finished)

        job = await bob.start()
        await bob.end(job, 60)

        chunks = core.pool.finished[before:]
        bobs = sum(b"for (;;)" not in module for module in chunks)
        assert len(chunks) - bobs <= 2 * bobs + 4, "by turns on two cores"
        for each in hanging:
            await alice.ask("cancelJob", {"job": each, "reason": ""})


async def test_a_slice_that_never_reports_progress_ends_its_job(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.start("(x) => x", [1])

        assert (await client.end(job))["code"] == "ENOPROGRESS"


async def test_a_missing_module_is_refused_with_what_to_do(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.start(dependencies=["dcp-pkg/x"])

        end = await client.end(job)

        assert end["code"] == "ENOENT"
        assert "job.requires('./file')" in str(end["reason"])


async def test_another_clients_package_is_not_found(ground: Ground) -> None:
    source = "(x) => { progress(); return require('pkg/double').double(x); }"
    files = {
        "double.js": "module.declare([], (require, exports) => { exports.double = (x) => 2 * x; });"
    }
    async with gateway_core(ground) as core:
        alice, mallory = Client(core, "alice"), Client(core, "mallory")
        await alice.ask("deployPackage", {"name": "pkg", "version": "1.0.0", "files": {**files}})

        stolen = await mallory.start(source, [1], dependencies=["pkg/double"])
        assert (await mallory.end(stolen))["code"] == "ENOENT"
        assert await alice.run(source, [4], dependencies=["pkg/double"]) == {1: 8}


async def test_a_cancelled_job_stops_computing(ground: Ground) -> None:
    async with gateway_core(ground, gateway_progress_s=60) as core:
        client = Client(core)
        job = await client.start(HANG, [1])
        await until(lambda: core.pool.running > 0)

        await client.ask("cancelJob", {"job": job, "reason": "enough"})

        end = await client.end(job)
        assert (end["runStatus"], end["reason"]) == ("cancelled", "enough")
        await until(lambda: core.pool.running == 0)
        row = core.store.job(job)
        assert row is not None
        assert row.end == "cancelled"
        await client.ask("cancelJob", {"job": job, "reason": "again"})


@pytest.mark.slow
async def test_a_cancelled_run_on_the_mesh_stops_computing_at_home(ground: Ground) -> None:
    source = (
        "(x) => { progress(); let n = 0; while (x) {} for (let i = 0; i < 2e8; i++) n += i % 7;"
        " return n; }"
    )
    async with gateway_core(ground, gateway_home="auto", gateway_progress_s=60) as core:
        client = Client(core)
        job = await client.start(source, [*range(20)])
        await until(lambda: bool(ground.node.runs._drivers) and core.pool.running > 0)
        assert client.results(job).keys() == {1}

        await client.ask("cancelJob", {"job": job, "reason": ""})

        await until(lambda: core.pool.running == 0, 10)
        await until(lambda: not ground.node.runs._drivers, 10)


async def test_the_gateways_disk_is_full_and_only_what_needs_it_fails(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise StorageError("the disk is full; free some space")

    async with gateway_core(ground) as core:
        client = Client(core)
        with monkeypatch.context() as broken:
            broken.setattr(core.store, "end_job", full)
            done, failed = await client.start(), await client.start(THROW, [1])
            await until(lambda: len(client.session.told("result", done)) == 3)
            await until(lambda: len(client.session.told("error", failed)) == 3)
            await asyncio.sleep(0.05)

        assert await client.run() == {1: 1, 2: 4, 3: 9}


# Being told


async def test_the_end_is_told_again_to_a_client_that_subscribes_late(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        await client.run()
        core.operations.session_ended(client.session.id)
        late = Client(core)
        job = (await core.jobs.listed(late.session.owner))[0][0].terms.job

        await late.subscribe(job)

        assert (await late.end(job, 0.4))["sliceCount"] == 3
        assert late.results(job) == {1: 1, 2: 4, 3: 9}


async def test_a_late_subscriber_is_told_at_once_while_another_is_told_again(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endings, "STOP_REPEATED_S", (60.0,))
    async with gateway_core(ground) as core:
        early, late = Client(core), Client(core)
        job = await early.start()
        await early.end(job)

        await late.subscribe(job)

        await late.end(job, 1.0)


async def test_what_a_full_queue_dropped_is_told_before_the_end(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        client.session.is_full = True
        job = await client.start()
        await until(lambda: job not in core.jobs.live)
        assert client.session.requests == []

        client.session.is_full = False

        await client.end(job)
        assert client.results(job) == {1: 1, 2: 4, 3: 9}
        names = [
            as_dict(as_dict(as_dict(data)["event"])["data"])["eventName"]
            for _, data in client.session.requests
        ]
        assert names[-1] == "stop"


async def test_results_can_be_fetched_after_the_end(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.start()
        await client.end(job)

        answer = await core.operations.call(
            client.request("fetchResult", {"job": job, "range": [1, 3, 77]})
        )

        assert isinstance(answer, list)
        assert [as_dict(each)["slice"] for each in answer] == [1, 3]
        uris = [unquote(str(as_dict(each)["value"])) for each in answer]
        assert [kvin.decode(read_data_uri(uri).text) for uri in uris] == [1, 9]


async def test_console_and_custom_events_arrive_in_order_and_with_their_slice(
    ground: Ground,
) -> None:
    source = (
        "(x) => { progress(); console.log('a'); console.log('a'); console.warn(x);"
        " work.emit('seen', {x}); return x; }"
    )
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.start(source, [5])
        await client.end(job)

        told = [(event["level"], event["same"]) for event in client.session.told("console", job)]
        assert told == [("log", 1), ("log", 2), ("warn", 1)]
        (custom,) = client.session.told("custom", job)
        assert (custom["customEvent"], custom["data"], custom["sliceNumber"]) == (
            "seen",
            {"x": 5},
            1,
        )


async def test_listed_jobs_are_ones_own_and_fit_the_question(ground: Ground) -> None:
    async with gateway_core(ground) as core:
        alice, bob = Client(core, "alice"), Client(core, "bob")
        done, waiting = await alice.start(), await alice.submit()
        await alice.end(done)
        await bob.submit()

        async def listed(**asked: JsonValue) -> set[str]:
            answer = await core.operations.call(alice.request("listJobs", asked))
            assert isinstance(answer, list)
            return {str(as_dict(record)["job"]) for record in answer}

        assert await listed() == {done, waiting}
        assert await listed(statuses=["finished"]) == {done}
        assert await listed(job=waiting) == {waiting}


@pytest.mark.parametrize(
    ("operation", "data"),
    [
        ("listJobs", {"job": []}),
        ("listJobs", []),
        ("fetchResult", {"job": "JOB", "range": [2**70]}),
        ("fetchResult", {"job": "JOB", "range": [-(2**70)]}),
        ("fetchResult", {"job": "JOB", "range": {"start": 1, "end": 10**400}}),
        ("fetchResult", {"job": "\ud800"}),
        ("closeJob", {"job": {}}),
        ("cancelJob", None),
        ("addJobToGroups", {"job": "JOB", "cgArray": "public"}),
        ("addSliceData", {"job": "JOB", "dataValues": {"_serializeVerId": "v7", "what": 1}}),
        ("addSliceData", {"job": "JOB"}),
        ("subscribeMany", {"reliableEvents": ["nothing"], "options": {"filter": {"job": "JOB"}}}),
        ("subscribeMany", {"reliableEvents": [[]]}),
        ("subscribe", {"label": {}, "options": {"filter": {"job": "JOB"}}}),
        ("unsubscribe", {"label": []}),
        ("deployPackage", {"name": "../x", "files": {"a.js": ""}}),
        ("deployPackage", {"name": "x", "files": {"a.js": "\ud800"}}),
        ("deployPackage", {"name": "x", "files": []}),
        ("viewAccounts", {"addresses": 5}),
        ("requestTask@3", {}),
        ("requestTask@3", {"coreStats": {"worker": []}}),
        ("result", {"worker": "w", "job": [], "slice": 1}),
        ("result", {"worker": "w", "job": "JOB", "slice": []}),
        (
            "status",
            {"worker": "w", "slices": [{"status": "return", "job": {}, "sliceNumbers": [1]}]},
        ),
        ("workEmit", {"worker": "w", "job": {}, "slice": 1, "eventName": "console"}),
        ("fetchModuleURL", {"modules": 3}),
        ("nothing@9", {}),
    ],
)
async def test_any_malformed_request_is_answered_or_refused(
    ground: Ground, operation: str, data: JsonValue
) -> None:
    async with gateway_core(ground) as core:
        client = Client(core)
        job = await client.submit()
        if isinstance(data, dict):
            data = {key: job if value == "JOB" else value for key, value in data.items()}

        with contextlib.suppress(DcpRefused):
            await core.operations.call(replace(client.request(operation, None), data=data))


async def test_a_job_that_nobody_watches_and_that_has_nothing_to_do_ends(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "JOB_IDLE_S", 0.05)
    monkeypatch.setattr(jobs_module, "STATUS_EVERY_S", 0.02)
    async with gateway_core(ground) as core:
        gone, there = Client(core, "gone"), Client(core, "there")
        left, kept = await gone.submit(), await there.submit()

        core.operations.session_ended(gone.session.id)
        await until(lambda: left not in core.jobs.live)

        row = core.store.job(left)
        assert row is not None
        assert (row.end, row.code) == ("cancelled", "EABANDONED")
        await asyncio.sleep(0.15)
        assert kept in core.jobs.live


# Restarts


@pytest.mark.slow
async def test_a_restart_in_the_middle_goes_on_and_tells_and_computes_nothing_twice(
    ground: Ground,
) -> None:
    store = DcpStore(":memory:")
    async with gateway_core(ground, store) as core:
        client = Client(core)
        job = await client.start(SLOW, [*range(60)])
        await until(lambda: len(client.session.told("result", job)) > 25)
        before = client.results(job)
    missing = 60 - store.counts(job).done
    assert len(before) <= 60 - missing, "what was told is stored"
    assert missing > 10, "the restart was in the middle"

    async with gateway_core(ground, store) as core:
        ran = core.pool.slices_ran
        client = Client(core)
        await client.subscribe(job)
        await client.end(job)

        assert client.results(job) == {number: number - 1 for number in range(1, 61)}
        assert core.pool.slices_ran - ran <= missing + 10, "but for the chunk that was begun"


async def test_a_restarted_gateway_knows_its_jobs(ground: Ground) -> None:
    store = DcpStore(":memory:")
    async with gateway_core(ground, store) as core:
        client = Client(core)
        ended, open_job = await client.start(), await client.submit()
        await client.end(ended)
        await client.upload(open_job, [1])

    async with gateway_core(ground, store) as core:
        client = Client(core)
        assert set(core.jobs.live) == {open_job}
        await client.subscribe(open_job)
        await client.upload(open_job, [2])
        await client.join(open_job)
        await client.close(open_job)
        await client.end(open_job)
        assert client.results(open_job) == {1: 1, 2: 4}


async def test_a_slice_that_failed_in_the_probe_is_computed_once_after_a_restart(
    ground: Ground,
) -> None:
    store = DcpStore(":memory:")
    async with gateway_core(ground, store) as core:
        client = Client(core)
        job = await client.submit()
        await client.upload(job, [5])
        await client.close(job)
    failed = SliceResult(slice=1, state="waiting", value=None)
    assert store.store_results(job, 0, [failed]) == {1}

    async with gateway_core(ground, store) as core:
        ran = core.pool.slices_ran
        client = Client(core)
        await client.subscribe(job)
        await client.join(job)
        await client.end(job)

        assert client.results(job) == {1: 25}
        assert core.pool.slices_ran == ran + 1
