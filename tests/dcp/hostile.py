"""Clients that mean harm, each a function of the gateway's URL: what they do, and how they see the gateway answer.

A deed returns one line for people; it raises AssertionError where the gateway believed or did what it must not.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from tests.dcp.raw_client import (
    HungUpError,
    Names,
    RawSession,
    RefusedError,
    public_group,
    submission,
)

from meshnode.node.dcp.envelope import seal
from meshnode.node.dcp.ethereum import SigningKey, checksummed
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import JsonValue

Deed = Callable[[str], Awaitable[str]]

_TINY_JOBS = 10_000
_JOB_END_S = 400.0
_FRAGMENTS = 400
_LANES = 8
_FUNCTIONS_AT_ONCE = 3
"""Each is another identity's job; one that hangs holds a worker for the whole of its bounded tries."""
_MEGABYTE = 1 << 20


async def bad_signature(url: str) -> str:
    """Signs with another key than the owner's: in the first message, and in a session."""
    key, other = SigningKey.generate(), SigningKey.generate()
    session = RawSession(url, "jobSubmit", key, Names("sig"))
    await session.open_transport()
    connect: dict[str, JsonValue] = {
        "id": "x1",
        "type": "request",
        "payload": session.payload("connect", {"version": "5.3.0", "sid": "s"}),
    }
    body = dumps(
        {**connect, "auth": {}, "time": time.time_ns() / 1e9, "ackToken": "t", "nonce": None}
    )
    await session.send_string(_forged(body, key, other))
    await _assert_hung_up(session, "a forged connect")
    async with RawSession(url, "jobSubmit", key, Names("sih")) as honest:
        honest.key = other
        await _assert_refused(
            honest, honest.ask("listJobs", {"statuses": []}), "another's signature"
        )
    return "hung up on each"


async def replayed_nonce(url: str) -> str:
    """Uses a nonce twice, and repeats a recorded message on a new transport."""
    key = SigningKey.generate()
    async with RawSession(url, "pheme", key, Names("non")) as session:
        await session.request("listJobs", {"statuses": ["running"]})
        used = session.nonce
        await session.request("listJobs", {"statuses": ["running"]})
        session.nonce = used
        await _assert_refused(session, session.ask("listJobs", {"statuses": []}), "a used nonce")
    async with RawSession(url, "pheme", key, Names("rep")) as session:
        payload = session.payload("listJobs", {"statuses": ["running"]})
        message: dict[str, JsonValue] = {
            "id": "once",
            "type": "request",
            "payload": payload,
            "auth": {},
        }
        await session.send_message(message)
        second = session.ask_message(message | {"id": "twice"})
        refusal = await second
        assert refusal["success"] is False, "a used stamp was accepted"
    return "the session ended; a used stamp was refused"


async def foreign_session(url: str) -> str:
    """Speaks in another client's session, whose id it has got to know."""
    victim_key, thief_key = SigningKey.generate(), SigningKey.generate()
    async with RawSession(url, "jobSubmit", victim_key, Names("vic")) as victim:
        account = SigningKey.generate()
        job = f"victim{time.time_ns()}"
        await victim.request("submit@5", submission(job, account, isOpen=True), account)
        thief = RawSession(url, "jobSubmit", thief_key, Names("thi"))
        await thief.open_transport()
        thief.session_id, thief.nonce, thief.server = victim.session_id, victim.nonce, victim.server
        await _assert_refused(thief, thief.ask("cancelJob", {"job": job}), "a foreign session")
        async with RawSession(url, "jobSubmit", thief_key, Names("own")) as own:
            for operation in ("cancelJob", "closeJob", "addSliceData", "fetchResult"):
                data: JsonValue = {
                    "job": job,
                    "dataValues": _marshalled(1),
                    "owner": victim_key.address,
                }
                refusal = await own.ask(operation, data)
                assert refusal["success"] is False, f"{operation} of another's job was accepted"
        answer = await victim.request("cancelJob", {"job": job, "reason": "over"})
        assert answer == {"success": True}
    return "the thief was hung up on or refused, the victim served"


async def unpaid_job(url: str) -> str:
    """Spends from an account without its signature, or with the account's word for somebody else."""
    key, account, other = (SigningKey.generate() for _ in range(3))
    async with RawSession(url, "jobSubmit", key, Names("pay")) as session:
        await _assert_code(session.request("submit@5", submission("unpaid1", account)), "EPERM")
        await _assert_code(
            session.request("submit@5", submission("unpaid2", account), account=other), "EPERM"
        )
    return "refused with EPERM"


async def oversized_messages(url: str) -> str:
    """Sends frames and fragments beyond every bound, broken framing, and JSON that nests too deep."""
    key = SigningKey.generate()
    strings = {  # before there is a session
        "frame": "{" + "x" * (9 * _MEGABYTE),
        "nesting": '{"owner":' + "[" * 100_000,
        "fragment header": "EffffC{}",
        "fragment count": f"E{len(dumps(_fragment(0, 10**9))):04x}C{dumps(_fragment(0, 10**9))}x",
        "fragment index": f"E{len(dumps(_fragment(-1, 2))):04x}C{dumps(_fragment(-1, 2))}x",
        "no message": "Xyz",
    }
    for what, string in strings.items():
        session = RawSession(url, "jobSubmit", key, Names("big"))
        await session.open_transport()
        try:
            await session.send_string(string)
        except HungUpError:
            await session.drop()
            continue
        await _assert_hung_up(session, what)
    session = RawSession(url, "jobSubmit", key, Names("fra"))
    await session.open_transport()
    await session.connect()
    piece, sent = "y" * (250 << 10), 0
    try:
        for index in range(_FRAGMENTS):
            header = dumps(_fragment(index, _FRAGMENTS))
            await session.send_string(f"E{len(header):04x}C{header}{piece}")
            sent += len(piece)
    except HungUpError:
        pass
    await _assert_hung_up(session, "100 MB of fragments")
    return f"hung up on each, in a session after {sent >> 20} MiB of fragments"


async def hostile_values(url: str) -> str:
    """Uploads KVIN that is cyclic, repeats an element a billion times, nests too deep, refers to nothing."""
    key, account = SigningKey.generate(), SigningKey.generate()
    deep: JsonValue = 1
    for _ in range(190):
        deep = [deep]
    values: dict[str, JsonValue] = {
        "run length": {"arr": [1, {"lst": 10**9}]},
        "sparse": {"arr": [], "isl": [{"@": 10**9, "arr": [1]}], "len": 10**9},
        "cyclic": {"arr": [{"seen": 0}]},
        "reference to nothing": {"arr": [{"seen": 77}]},
        "negative reference": {"arr": [{"seen": -1}]},
        "no value": {"arr": [{"nonsense": 1}]},
        "no array": {"ctr": 0, "ps": {}},
        "prototype": {"arr": [{"ctr": 0, "ps": {"__proto__": {"raw": {"polluted": True}}}}]},
        "deep": {"arr": [deep]},
    }
    ends: list[str] = []
    async with RawSession(url, "jobSubmit", key, Names("kvi")) as session:
        for number, (what, value) in enumerate(values.items()):
            job = f"values{time.time_ns()}{number}"
            await session.request("submit@5", submission(job, account, isOpen=True), account)
            marshalled: JsonValue = {"_serializeVerId": "v9", "what": value}
            answer = await session.ask("addSliceData", {"job": job, "dataValues": marshalled})
            ends.append(f"{what} {'taken' if answer['success'] else 'refused'}")
            await session.request("cancelJob", {"job": job, "reason": "over"})
    assert ends[0].endswith("refused")
    assert ends[1].endswith("refused")
    return ", ".join(ends)


async def hostile_ranges(url: str) -> str:
    """Submits ranges of a billion values, and products of many ranges."""
    key, account = SigningKey.generate(), SigningKey.generate()
    million: JsonValue = {"start": 1, "end": 10**6}
    ranges: list[JsonValue] = [
        {"start": 1, "end": 10**12},
        {"start": 0, "end": 1, "step": 1e-300},
        {"ranges": [million] * 50},
        {"sparse": True, "ranges": [million] * 50},
    ]
    async with RawSession(url, "jobSubmit", key, Names("ran")) as session:
        for number, data_range in enumerate(ranges):
            job = f"range{time.time_ns()}{number}"
            answer = await session.ask(
                "submit@5", submission(job, account, dataRange=data_range), account
            )
            assert answer["success"] is False, f"{data_range} was accepted"
    return "all refused"


async def hostile_functions(url: str) -> str:
    """Runs work functions that loop, eat memory, look for files, pollute prototypes, tamper with the harness."""
    turns = asyncio.Semaphore(_FUNCTIONS_AT_ONCE)

    async def in_turn(what: str, source: str) -> str:
        async with turns:
            return await _end_of(url, what, source)

    ends = await asyncio.gather(*(in_turn(*function) for function in _FUNCTIONS.items()))
    return ", ".join(ends)


_FUNCTIONS = {
    "loop": "() => { progress(); for (;;); }",
    "microtasks": "async () => { progress(); for (;;) await null; }",
    "heap": "() => { progress(); const all = []; for (;;) all.push(new Array(100000).fill({})); }",
    "buffers": "() => { progress(); const all = []; for (;;) all.push(new Uint8Array(1e8).fill(1)); }",
    "wasm memory": "() => { progress(); const all = []; for (;;) "
    "{ const m = new WebAssembly.Memory({ initial: 16384 }); new Uint8Array(m.buffer).fill(1); all.push(m); } }",
    "string": "() => { progress(); let s = 'x'; for (;;) s += s; }",
    "recursion": "() => { progress(); const f = () => f() + 1; return f(); }",
    "fs": "() => { progress(); return require('fs').readFileSync('/etc/passwd', 'utf8'); }",
    "output": "() => { progress(); return 'x'.repeat(300000000); }",
    "console": "() => { progress(); for (let i = 0; i < 1e6; i++) console.log('x'.repeat(1000) + i); return 1; }",
    "prototypes": "() => { progress(); Object.prototype.toJSON = () => 'got you'; Array.prototype.push = () => 0;"
    " Array.prototype[Symbol.iterator] = undefined; JSON.stringify = () => 'got you';"
    " Promise.prototype.then = () => {};"
    " Function.prototype.call = Function.prototype.apply = () => 'got you'; return [1]; }",
    "globals": "() => { progress(); for (const name of Object.getOwnPropertyNames(globalThis))"
    " { try { globalThis[name] = undefined; delete globalThis[name]; } catch {} } return 1; }",
}


async def _end_of(url: str, what: str, source: str) -> str:
    """Run a work function once and say how its job ended."""
    key, account = SigningKey.generate(), SigningKey.generate()
    job = f"function{time.time_ns()}"
    names = Names("fun")
    data = submission(
        job,
        account,
        workFunctionURI="data:application/javascript," + quote(source, safe=";,/?:@&=+$#-_.!~*'()"),
        dataRange={"start": 1, "end": 1},
    )
    async with RawSession(url, "eventRouter", key, names) as events:
        async with RawSession(url, "jobSubmit", key, Names("fuj")) as session:
            await session.request("submit@5", data, account)
        wanted: JsonValue = {
            "reliableEvents": ["stop"],
            "optionalEvents": ["console"],
            "options": {"filter": {"job": job}},
        }
        await events.request("subscribeMany", wanted)
        async with RawSession(url, "computeGroups", key, Names("fug")) as session:
            await session.request("addJobToGroups", public_group(job))
        async with asyncio.timeout(_JOB_END_S):
            while (stop := _stop(await events.events.get())) is None:
                pass
    return f"{what} {stop}"


def _stop(data: JsonValue) -> str | None:
    """Tell how a job ended, if this event says so."""
    assert isinstance(data, dict)
    event = data["event"]
    assert isinstance(event, dict)
    told = event["data"]
    assert isinstance(told, dict)
    return str(told.get("code") or told["runStatus"]) if told["eventName"] == "stop" else None


async def tiny_jobs(url: str) -> str:
    """Submits 10,000 jobs of one slice as fast as the gateway takes them, and lets run those that it takes."""
    key, account = SigningKey.generate(), SigningKey.generate()
    ends: Counter[str] = Counter()
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for lane in range(_LANES):
            group.create_task(_submit_many(url, key, account, f"la{lane}", ends))
    seconds = time.monotonic() - began
    assert ends.total() == _TINY_JOBS
    assert ends.keys() <= {"taken", "ETOOMANYJOBS", "EBUSY"}, ends
    told = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    return f"{told}; {_TINY_JOBS / seconds:.0f} a second, {seconds:.0f} s"


async def _submit_many(
    url: str, key: SigningKey, account: SigningKey, lane: str, ends: Counter[str]
) -> None:
    """Submit this lane's share of the jobs, one after the other; count how it went."""
    async with (
        RawSession(url, "jobSubmit", key, Names(f"s{lane}")) as session,
        RawSession(url, "computeGroups", key, Names(f"g{lane}")) as groups,
    ):
        for number in range(_TINY_JOBS // _LANES):
            job = f"tiny{time.time_ns()}{lane}n{number}"
            data = submission(job, account, dataRange={"start": 1, "end": 1})
            try:
                await session.request("submit@5", data, account)
                await groups.request("addJobToGroups", public_group(job))
            except RefusedError as refusal:
                ends[refusal.code] += 1
            else:
                ends["taken"] += 1


DEEDS: dict[str, Deed] = {
    "bad signatures": bad_signature,
    "replayed nonces": replayed_nonce,
    "foreign sessions": foreign_session,
    "unpaid jobs": unpaid_job,
    "oversized messages": oversized_messages,
    "hostile KVIN": hostile_values,
    "hostile ranges": hostile_ranges,
    "hostile work functions": hostile_functions,
    "10,000 tiny jobs": tiny_jobs,
}


def _forged(body: str, owner: SigningKey, signer: SigningKey) -> str:
    return seal(body, signer).replace(checksummed(signer.address), checksummed(owner.address), 1)


def _fragment(index: int, total: int) -> JsonValue:
    return {"msgId": 1, "seq": index, "total": total}


def _marshalled(value: JsonValue) -> JsonValue:
    return {"_serializeVerId": "v9", "what": {"arr": [value]}}


async def _assert_refused(session: RawSession, asking: Awaitable[object], what: str) -> None:
    """The gateway hangs up rather than answer."""
    try:
        async with asyncio.timeout(10):
            answer = await asking
    except (HungUpError, TimeoutError):
        await session.drop()
        return
    raise AssertionError(f"{what} was answered: {answer}")


async def _assert_hung_up(session: RawSession, what: str) -> None:
    try:
        async with asyncio.timeout(15):
            await session.wait_closed()
    except TimeoutError as err:
        raise AssertionError(f"the gateway keeps the connection after {what}") from err
    finally:
        await session.drop()


async def _assert_code(asking: Awaitable[object], code: str) -> None:
    try:
        await asking
    except RefusedError as refusal:
        if refusal.code != code:
            raise
        return
    raise AssertionError(f"was accepted instead of {code}")
