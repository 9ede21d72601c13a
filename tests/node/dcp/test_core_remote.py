"""Values that lie elsewhere: fetched from allowed origins only, bounded, without redirects, for all clients alike."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from tests.node.dcp.core_gateway import Client, gateway_core, lonely_ground, web_server

from meshnode.node.dcp import kvin, preparing, remote
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.remote import LOOPBACK_ORIGINS, RemoteValues
from meshnode.node.dcp.terms import Value

SMALL = 10_000


@asynccontextmanager
async def remote_values(*origins: str) -> AsyncIterator[RemoteValues]:
    values = RemoteValues(origins)
    await values.open()
    try:
        yield values
    finally:
        await values.close()


def at(url: str) -> Value:
    return Value(url, is_url=True)


BODIES: dict[str, tuple[bytes, str]] = {
    "/kvin": (kvin.encode([1]).encode(), "application/x-kvin"),
    "/json": (b'{"a":1}', "application/json"),
    "/bad-kvin": (b"nothing", "application/x-kvin"),
    "/bad-json": (b"{", "application/json"),
    "/latin": (b"caf\xe9", "text/plain; charset=latin-1"),
    "/strange": (b"x", "text/plain; charset=x-no"),
    "/large": (bytes(SMALL + 1), "text/plain"),
    "/full": (b"x" * SMALL, "text/plain"),
}


async def answer(request: web.Request) -> web.StreamResponse:
    match request.path:
        case "/redirect":
            raise web.HTTPFound("/json")
        case "/missing":
            raise web.HTTPNotFound
        case "/bomb":
            headers = {"Content-Encoding": "gzip"}
            return web.Response(body=gzip.compress(bytes(100 * SMALL)), headers=headers)
        case "/endless":
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(bytes(1000))
        case path:
            body, content_type = BODIES.get(path, (f"(x) => x // {path}".encode(), "text/plain"))
            return web.Response(body=body, headers={"Content-Type": content_type})


async def test_the_servers_type_says_what_a_value_is() -> None:
    async with web_server(answer) as url, remote_values(url) as values:
        assert await values.kvin_text("o", at(f"{url}/kvin")) == kvin.encode([1])
        assert await values.kvin_text("o", at(f"{url}/json")) == kvin.encode({"a": 1})
        assert await values.kvin_text("o", at(f"{url}/latin")) == kvin.encode("café")
        assert await values.text("o", at(f"{url}/work.js")) == "(x) => x // /work.js"


async def test_what_is_no_url_is_not_fetched() -> None:
    values = RemoteValues(())

    assert await values.text("o", Value("http://x/")) == "http://x/"
    assert await values.kvin_text("o", Value("5")) == "5"


async def test_only_allowed_origins_are_asked() -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="x")

    async with web_server(note) as url, web_server(note) as other, remote_values(url) as values:
        port = url.rpartition(":")[2]
        for refused in (
            f"{other}/x",
            f"http://localhost:{port}/x",
            f"https://127.0.0.1:{port}/x",
            f"{url}.example/x",
            f"http://127.0.0.1:{port}@127.0.0.1:{other.rpartition(':')[2]}/x",
            f"http://[::ffff:127.0.0.1]:{port}/x",
            "file:///etc/passwd",
            "http://127.0.0.1:99999/x",
            "http://[x",
            "http:///x",
            "",
        ):
            with pytest.raises(DcpRefused, match="gateway_origins") as caught:
                await values.text("o", at(refused))
            assert caught.value.code == "EPERM_ORIGIN"
        assert asked == []

        await values.text("o", at(f"{url.upper().replace('HTTP', 'http')}/yes"))
        assert asked == ["/yes"]


async def test_an_origin_without_port_stands_for_all_its_ports() -> None:
    async with web_server(answer) as url, remote_values("http://127.0.0.1/") as values:
        assert await values.text("o", at(f"{url}/x"))
    async with web_server(answer) as url, remote_values(*LOOPBACK_ORIGINS) as values:
        assert await values.text("o", at(f"{url}/x"))


@pytest.mark.parametrize(
    "path",
    ["redirect", "missing", "large", "bomb", "endless", "bad-kvin", "bad-json", "strange"],
)
async def test_what_cannot_be_had_is_refused_with_its_address(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "REMOTE_BYTES_MAX", SMALL)
    async with web_server(answer) as url, remote_values(url) as values:
        with pytest.raises(DcpRefused) as refused:
            await values.kvin_text("o", at(f"{url}/{path}"))

        assert refused.value.code == "EFETCH"
        assert f"{url}/{path}" in refused.value.message
        assert await values.kvin_text("o", at(f"{url}/full")) == kvin.encode("x" * SMALL)


async def test_a_server_that_is_not_there_or_silent_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remote, "REMOTE_TIMEOUT_S", 0.2)

    async def silent(_request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with web_server(silent) as url, remote_values("http://127.0.0.1") as values:
        for wrong in (f"{url}/x", "http://127.0.0.1:1/x"):
            with pytest.raises(DcpRefused, match="cannot be fetched") as refused:
                await values.text("o", at(wrong))
            assert refused.value.code == "EFETCH"


async def test_a_client_with_many_slow_values_keeps_nobody_waiting() -> None:
    gate = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        if request.path == "/slow":
            await gate.wait()
        return web.Response(text=request.path)

    async with web_server(slow) as url, remote_values(url) as values:
        hog = [asyncio.create_task(values.text("alice", at(f"{url}/slow"))) for _ in range(200)]
        await asyncio.sleep(0.05)

        async with asyncio.timeout(5):
            assert await values.text("bob", at(f"{url}/quick")) == "/quick"

        assert not any(task.done() for task in hog)
        gate.set()
        assert set(await asyncio.gather(*hog)) == {"/slow"}


async def test_the_fetcher_takes_no_proxy_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    async with web_server(answer) as url, remote_values(url) as values:
        assert await values.text("o", at(f"{url}/x"))


async def test_a_batch_fetches_no_more_than_it_carries(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "BATCH_BYTES_MAX", 20 * 5_100)
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text=request.path[1:].ljust(5_000, "."))

    source = "(text) => { progress(); return Number(text.replaceAll('.', '')); }"
    async with (
        web_server(note) as url,
        lonely_ground(tmp_path_factory.mktemp("ground"), cores=1) as ground,
        gateway_core(ground, gateway_origins=(url,)) as core,
    ):
        client = Client(core)
        job = await client.submit(source, dataPattern=f"{url}/{{slice}}", sliceCount=100)
        await client.join(job)
        await client.end(job)

        assert client.results(job) == {number: number for number in range(1, 101)}
        assert len(asked) < 170, "a hundred, and some that did not go into a batch any more"


async def test_a_slices_value_from_a_foreign_origin_ends_the_job(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with (
        lonely_ground(tmp_path_factory.mktemp("ground"), cores=1) as ground,
        gateway_core(ground) as core,
    ):
        client = Client(core)
        job = await client.start(values=[kvin.Url("http://127.0.0.1:1/x")])

        end = await client.end(job)

        assert end["code"] == "EPERM_ORIGIN"
        assert "gateway_origins" in str(end["reason"])
