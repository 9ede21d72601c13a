"""A served page with the daemon's real parts behind it, and a client that behaves as the page's own tab does."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
from tests.node.memory_node import MemoryNode, now_ms

from meshnode.node.compile_service import CompileService
from meshnode.node.control_client import JsonObject
from meshnode.node.data_directory import open_data_directory
from meshnode.node.job_runner import JobRunner
from meshnode.node.job_store import JobStore
from meshnode.node.jobs import Jobs
from meshnode.node.local_runs import LocalRuns
from meshnode.node.loop_runs import LoopRuns
from meshnode.node.page.api import PageParts
from meshnode.node.page.server import PageServer
from meshnode.node.page.watch import RunWatch
from meshnode.node.slice_pool import SlicePool
from meshnode.node.store_thread import StoreThread
from meshnode.sandbox import ChildLimits

TIMEOUT = aiohttp.ClientTimeout(total=60)


class Tab:
    """The page's own tab: it knows the address, and sends what a browser sends."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        parts = urlsplit(url)
        self.url = url
        self.origin = f"http://{parts.netloc}"
        self.token = parse_qs(parts.query)["token"][0]
        self._session = session

    def headers(self, **changed: str | None) -> dict[str, str]:
        """Give the tab's headers with some changed, or left out (None)."""
        headers: dict[str, str | None] = {
            "X-Meshnode-Token": self.token,
            "Origin": self.origin,
            "Sec-Fetch-Site": "same-origin",
        }
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        return {name: value for name, value in headers.items() if value is not None}

    async def get(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[aiohttp.ClientResponse, str]:
        url = path if path.startswith("http") else self.origin + path
        wanted = self.headers() if headers is None else headers
        async with self._session.get(url, headers=wanted) as response:
            return response, await response.text()

    async def post(
        self, path: str, body: object, headers: Mapping[str, str] | None = None
    ) -> tuple[int, JsonObject]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        wanted = self.headers() if headers is None else headers
        url = self.origin + path
        async with self._session.post(url, data=io.BytesIO(data), headers=wanted) as response:
            answer = json.loads(await response.text())
            assert isinstance(answer, dict)
            return response.status, answer

    @asynccontextmanager
    async def stream(self, job: str) -> AsyncIterator[aiohttp.ClientResponse]:
        url = f"{self.origin}/api/jobs/{job}/events"
        async with self._session.get(url, headers=self.headers()) as response:
            yield response

    async def events(self, job: str) -> list[JsonObject]:
        """Follow a job to its end."""
        async with self.stream(job) as response:
            assert response.status == 200
            return [json.loads(line) async for line in response.content]


@dataclass(frozen=True, slots=True)
class ServedPage:
    """The page server with the parts that tests look at."""

    server: PageServer
    tab: Tab
    compiler: CompileService
    store: JobStore
    thread: StoreThread


@asynccontextmanager
async def page_alone(root: Path) -> AsyncIterator[ServedPage]:
    """Serve the page of a node without peers."""
    directory = open_data_directory(root)
    async with AsyncExitStack() as stack:
        thread = StoreThread()
        stack.callback(thread.close)
        store = await thread.call(lambda: JobStore(directory.jobs))
        stack.push_async_callback(thread.call, store.close)
        pool = SlicePool(1, ChildLimits(nice=0))
        stack.callback(pool.close)
        yield await stack.enter_async_context(_served(root, store, thread, LocalRuns(pool), None))


@asynccontextmanager
async def page_of(node: MemoryNode, *, can_watch: bool = True) -> AsyncIterator[ServedPage]:
    """Serve the page of a node in a mesh."""
    watch = None
    if can_watch:
        watch = RunWatch(node.store, node.thread, node.keys.identity)
    async with _served(node.root, node.jobs, node.thread, node.runs, watch) as page:
        yield page


@asynccontextmanager
async def _served(
    root: Path, store: JobStore, thread: StoreThread, runs: LoopRuns, watch: RunWatch | None
) -> AsyncIterator[ServedPage]:
    directory = open_data_directory(root / "page")
    compiler = CompileService(directory.cache)
    runner = JobRunner(compiler, store, thread, runs)
    jobs = Jobs(store, thread, directory, runner, now_ms)
    server = PageServer(
        PageParts(compiler=compiler, jobs=jobs, status=_status, peers=_peers, watch=watch)
    )
    serving = asyncio.create_task(jobs.serve())
    session = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
    try:
        yield ServedPage(server, Tab(await server.start(), session), compiler, store, thread)
    finally:
        await session.close()
        await server.stop()
        serving.cancel()
        await asyncio.wait({serving})
        runner.close()
        await compiler.close()


async def _status() -> JsonObject:
    return {"identity": "00" * 32, "balance": 0, "may_work": False, "reason": "it is a test"}


async def _peers() -> JsonObject:
    return {"peers": []}
