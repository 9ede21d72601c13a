"""The gateway as a part of the daemon: where it listens, for whom, how it stops; and its small HTTP services."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import ClientSession as HttpSession
from tests.node.dcp.core_gateway import (
    NOW_MS,
    Client,
    Clock,
    Ground,
    as_dict,
    gateway_core,
    lonely_ground,
)
from tests.node.dcp.wire_client import SERVER_KEY, WireClient, open_websocket
from tests.node.memory_node import now_ms

from meshnode.node.config import Config
from meshnode.node.dcp import kvin
from meshnode.node.dcp.ethereum import SigningKey
from meshnode.node.dcp.gateway import KEY_FILE, Gateway, GatewayParts, is_unfinished
from meshnode.node.dcp.gateway_request import GatewayStart, read_gateway_start
from meshnode.node.dcp.job_database import PATH, POST_BYTES_MAX
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import JsonValue
from meshnode.node.dcp.store import DcpStore
from meshnode.node.errors import NodeError
from meshnode.protocol.values import digest

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOMEBODY = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with lonely_ground(tmp_path_factory.mktemp("ground"), cores=1) as ground:
        yield ground


@asynccontextmanager
async def built(
    ground: Ground,
    config: Config | None = None,
    store: DcpStore | None = None,
    now_ms: Callable[[], int] | None = None,
) -> AsyncIterator[Gateway]:
    """Build a gateway that listens nowhere yet, unless its configuration says so."""
    node = ground.node
    gateway = Gateway(
        GatewayParts(
            root=node.root,
            identity=node.keys.identity,
            config=config or node.config,
            store=store or DcpStore(":memory:"),
            thread=node.thread,
            runs=node.runs,
            requester=node.requester,
            now_ms=now_ms or Clock(),
        )
    )
    serving = asyncio.create_task(gateway.serve())
    await asyncio.sleep(0)
    try:
        yield gateway
    finally:
        serving.cancel()
        await asyncio.wait({serving})
    assert serving.cancelled()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def is_there(url: str) -> bool:
    try:
        async with HttpSession() as http, http.get(f"{url}/etc/dcp-config.kvin") as answer:
            return answer.status == 200
    except OSError:
        return False


async def test_a_started_gateway_answers_and_a_stopped_one_does_not(ground: Ground) -> None:
    async with built(ground) as gateway:
        assert await gateway.status() == {"is_running": False}
        started = await gateway.start(GatewayStart())
        url = str(started["url"])

        assert url.startswith("http://127.0.0.1:")
        assert await gateway.status() == started
        assert started["jobs_unfinished"] == 0
        assert await is_there(url)
        assert await gateway.start(GatewayStart()) == started, "the same again is the same"

        await gateway.stop()
        await gateway.stop()
        assert await gateway.status() == {"is_running": False}
        assert not await is_there(url)


async def test_a_gateway_has_the_same_address_after_a_restart(ground: Ground) -> None:
    port = free_port()
    async with built(ground) as gateway:
        first = await gateway.start(GatewayStart(listen=f"127.0.0.1:{port}"))
        await gateway.stop()
        second = await gateway.start(GatewayStart(listen=f"127.0.0.1:{port}"))

        assert first == second
        assert (ground.node.root / "dcp.key").stat().st_mode & 0o777 == 0o600


async def test_a_gateway_starts_with_the_daemon_if_the_configuration_says_so(
    ground: Ground,
) -> None:
    config = replace(ground.node.config, gateway=f"127.0.0.1:{free_port()}")
    async with built(ground, config) as gateway, asyncio.timeout(10):
        while not (await gateway.status())["is_running"]:  # noqa: ASYNC110  a test may look
            await asyncio.sleep(0.01)

        assert await is_there(f"http://{config.gateway}")


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0"])
async def test_a_gateway_listens_beyond_loopback_only_for_a_list_of_clients(
    ground: Ground, listen: str
) -> None:
    async with built(ground) as gateway:
        with pytest.raises(NodeError, match="name the identities that may use it with --client"):
            await gateway.start(GatewayStart(listen=listen))
        assert await gateway.status() == {"is_running": False}

        with pytest.raises(NodeError, match="no DCP identity"):
            await gateway.start(GatewayStart(listen=listen, clients=("everybody",)))
        assert await gateway.status() == {"is_running": False}

        started = await gateway.start(GatewayStart(listen=listen, clients=(SOMEBODY,)))
        assert started["is_running"]


async def test_wrong_and_taken_addresses_give_one_sentence(ground: Ground) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with built(ground) as gateway:
            for listen in (
                f"127.0.0.1:{port}",
                "127.0.0.1:99999",
                "8080",
                "http://127.0.0.1:8080",
                "localhost:x",
                "[::1:80",
            ):
                with pytest.raises(NodeError) as refused:
                    await gateway.start(GatewayStart(listen=listen))
                assert "\n" not in str(refused.value)
                assert len(str(refused.value)) > 20
            with pytest.raises(NodeError, match=f"127.0.0.1:{port} is not to be had"):
                await gateway.start(GatewayStart(listen=f"127.0.0.1:{port}"))
            with pytest.raises(NodeError, match="not to be had"):
                await gateway.start(
                    GatewayStart(listen="no-such-host.invalid:80", clients=(SOMEBODY,))
                )

            assert (await gateway.start(GatewayStart()))["is_running"], (
                "and it can still be started"
            )


async def test_another_gateway_beside_one_that_runs_is_refused(ground: Ground) -> None:
    async with built(ground) as gateway:
        await gateway.start(GatewayStart())

        for asked in (
            GatewayStart(listen=f"127.0.0.1:{free_port()}"),
            GatewayStart(clients=(SOMEBODY,)),
            GatewayStart(home="only"),
            GatewayStart(quorum=5),
        ):
            with pytest.raises(NodeError, match="runs already at http://127"):
                await gateway.start(asked)


@pytest.mark.parametrize("quorum", [0, -1])
async def test_a_quorum_of_nobody_is_refused(ground: Ground, quorum: int) -> None:
    async with built(ground) as gateway:
        with pytest.raises(NodeError, match="gateway_quorum"):
            await gateway.start(GatewayStart(quorum=quorum))


async def test_what_the_control_api_is_asked_is_checked() -> None:
    assert read_gateway_start(b"") == GatewayStart()
    for body in (b"[]", b'{"liste": 1}', b'{"home": "sometimes"}', b'{"quorum": "2"}', b"{"):
        with pytest.raises(ValueError, match=r"\w"):
            read_gateway_start(body)


async def test_only_named_clients_are_served_and_capitals_do_not_matter(ground: Ground) -> None:
    alice, mallory = SigningKey(digest(b"alice")), SigningKey(digest(b"mallory"))
    capitals = "0x" + alice.address[2:].upper()
    SERVER_KEY.save(ground.node.root / KEY_FILE)
    async with built(ground, now_ms=now_ms) as gateway, HttpSession() as http:
        url = str((await gateway.start(GatewayStart(clients=(capitals,))))["url"])
        for key, is_served in ((alice, True), (mallory, False)):
            client = WireClient(key)
            await client.start(await open_websocket(http, f"{url}/pheme/"))
            answer = await client.ask("listJobs", {})
            assert answer["success"] is is_served
            assert is_served or "not on this gateway's list" in str(answer["payload"])
            await client.close()


async def test_unfinished_jobs_are_told_and_go_on_at_the_next_start(ground: Ground) -> None:
    store = DcpStore(":memory:")
    async with gateway_core(ground, store) as core:
        job = await Client(core).submit()

    async with built(ground, store=store) as gateway:
        assert (await gateway.start(GatewayStart()))["jobs_unfinished"] == 1
        assert is_unfinished(store, f"dcp/{job}")
        assert not is_unfinished(store, "dcp/another")
        assert not is_unfinished(store, job), "jobs of programs are not ours"


# The jobs' table over HTTP


class Database:
    """Posts to the jobs' table as a client does."""

    def __init__(self, url: str, key: SigningKey) -> None:
        self._url = f"{url}{PATH}"
        self._key = key

    def body(self, **changes: JsonValue) -> dict[str, JsonValue]:
        query: Mapping[str, kvin.KvinValue] = {"table": "jobs", "prototype": {}}
        return {
            "expiry": NOW_MS / 1000 + 3600,
            "endpoint": "select",
            "queryKVINv9": kvin.marshal(query),
            "options": {},
            **changes,
        }

    def sealed(self, body: JsonValue, **changes: JsonValue) -> str:
        signed: dict[str, JsonValue] = {
            "owner": self._key.address,
            "signature": self._key.sign(dumps(body)),
            **changes,
        }
        return dumps({**signed, "body": body})

    async def post(self, text: str | AsyncIterator[bytes]) -> dict[str, JsonValue]:
        async with HttpSession() as http, http.post(f"{self._url}select", data=text) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "application/json"
            return as_dict(await answer.json())


async def test_a_client_reads_its_own_jobs_only(ground: Ground) -> None:
    store = DcpStore(":memory:")
    async with gateway_core(ground, store) as core:
        alice, bob = Client(core, "alice"), Client(core, "bob")
        job = await alice.submit(name="mine")
        await bob.submit()

    async with built(ground, store=store) as gateway:
        database = Database(str((await gateway.start(GatewayStart()))["url"]), alice.key)

        answer = await database.post(database.sealed(database.body()))

        header = kvin.unmarshal(answer["resultsHeaderKVIN"])
        assert isinstance(header, Mapping)
        assert header["rowCount"] == 1
        first = header["firstRow"]
        assert isinstance(first, Mapping)
        assert (first["opaqueId"], first["name"], first["status"]) == (job, "mine", "running")


async def test_a_post_in_pieces_is_read_to_its_end(ground: Ground) -> None:
    async with built(ground) as gateway:
        url = str((await gateway.start(GatewayStart()))["url"])
        database = Database(url, SigningKey(digest(b"alice")))
        text = database.sealed(database.body()).encode()

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(text), 100):
                yield text[at : at + 100]
                await asyncio.sleep(0.005)

        assert (await database.post(pieces()))["success"] is True


async def test_posts_that_are_forged_old_or_malformed_are_refused(ground: Ground) -> None:
    async with built(ground) as gateway:
        url = str((await gateway.start(GatewayStart()))["url"])
        alice, other = SigningKey(digest(b"alice")), SigningKey(digest(b"bob"))
        database = Database(url, alice)
        body = database.body()
        now_s = NOW_MS / 1000
        wanted: Mapping[str, kvin.KvinValue] = {"table": "jobs", "prototype": {"opaqueId": [1]}}
        for text in (
            database.sealed(body, owner=other.address),
            database.sealed(body, owner=5),
            database.sealed(body, signature=other.sign(dumps(body))),
            database.sealed(body, signature={}),
            database.sealed(database.body(expiry=now_s - 1)),
            database.sealed(database.body(expiry=now_s + 10**6)),
            database.sealed(database.body(expiry="soon")),
            database.sealed(database.body(queryKVINv9=None)),
            database.sealed(database.body(queryKVINv9=kvin.marshal({"table": "accounts"}))),
            database.sealed(database.body(queryKVINv9=kvin.marshal(wanted))),
            database.sealed([]),
            "",
            "[]",
            "{}",
            "[" * 5000,
            "x" * (POST_BYTES_MAX + 1),
        ):
            answer = await database.post(text)
            assert answer["success"] is False
            assert as_dict(answer["error"])["message"]
