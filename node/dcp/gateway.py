"""The gateway as a part of the daemon: built when it is started, taken down in reverse when it is stopped.

It listens on loopback unless told otherwise, and elsewhere only for identities that its owner has named. Nothing that a
client sends is executed here: work functions are data until they reach the sandbox.
"""

import asyncio
import logging
import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass

from aiohttp import web

from meshnode.node.config import Config, override, pyodide_folder
from meshnode.node.control_client import JsonObject
from meshnode.node.dcp.batches import MESH_JOB
from meshnode.node.dcp.build import GatewayParts, Tools, build_door, build_jobs
from meshnode.node.dcp.client_operations import Action, Later
from meshnode.node.dcp.ethereum import open_signing_key
from meshnode.node.dcp.events import Subscriptions
from meshnode.node.dcp.gateway_request import GatewayStart
from meshnode.node.dcp.jobs import DcpJobs
from meshnode.node.dcp.lending import Lending
from meshnode.node.dcp.remote import LOOPBACK_ORIGINS, RemoteValues
from meshnode.node.dcp.store import DcpStore
from meshnode.node.errors import ConfigError, NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.limits import SLICE_WALL_MS_MAX
from meshnode.node.listen_address import is_loopback, listen_address
from meshnode.node.slice_pool import SlicePool
from meshnode.sandbox import ChildLimits

__all__ = ["Gateway", "GatewayParts", "is_unfinished"]

logger = logging.getLogger(__name__)

KEY_FILE = "dcp.key"
"""The gateway's key: clients remember its address, and want the same again (dcp.md 4.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """A gateway that listens."""

    url: str
    address: str
    jobs: DcpJobs
    config: Config
    stop: asyncio.Event
    task: asyncio.Task[None]


class Gateway:
    """See the module. `serve` owns its tasks; `start`, `stop` and `status` are for the control API."""

    def __init__(self, parts: GatewayParts) -> None:
        self._parts = parts
        self._group: asyncio.TaskGroup | None = None
        self._running: _Running | None = None
        self._turn = asyncio.Lock()

    async def serve(self) -> None:
        """Start the gateway if the configuration says so, and keep what is started until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                if self._parts.config.gateway:
                    await self.start(GatewayStart(listen=self._parts.config.gateway))
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    async def start(self, asked: GatewayStart) -> JsonObject:
        """Listen, and go on with unfinished jobs; a gateway that runs is left as it is if it is the same.

        Raises:
            NodeError: the address is not to be had, other machines would be let in unnamed, or another one runs.
        """
        async with self._turn:
            if self._running is not None:
                return self._told_again(self._running, asked)
            if self._group is None:
                raise NodeError("the daemon is stopping", ExitCode.DAEMON_UNREACHABLE)
            config = override(self._parts.config, asked.settings(), "gateway")
            host, port = listen_address(config.gateway or "127.0.0.1:0")
            if not is_loopback(host) and not config.gateway_clients:
                raise ConfigError(
                    f"gateway: {host} can be reached from other machines; name the identities that may use it "
                    "with --client (or `gateway_clients` in config.toml), or listen on 127.0.0.1"
                )
            ready: asyncio.Future[_Running] = asyncio.get_running_loop().create_future()
            self._group.create_task(self._run(config, host, port, ready))
            self._running = await ready
            logger.info("event=gateway_started url=%s", self._running.url)
            return self._told(self._running)

    def _told_again(self, running: _Running, asked: GatewayStart) -> JsonObject:
        wanted = override(running.config, asked.settings(), "gateway")
        if wanted != running.config:
            raise NodeError(
                f"the gateway runs already at {running.url}; `meshnode gateway stop` ends it, then start it "
                "with other options",
                ExitCode.USAGE,
            )
        return self._told(running)

    async def stop(self) -> JsonObject:
        """Stop listening; unfinished jobs wait for the next start."""
        async with self._turn:
            if self._running is not None:
                self._running.stop.set()
                await asyncio.wait({self._running.task})
                self._running = None
                logger.info("event=gateway_stopped")
            return {}

    async def status(self) -> JsonObject:
        """Tell whether it runs, where, and for how many jobs."""
        return {"is_running": False} if self._running is None else self._told(self._running)

    def _told(self, running: _Running) -> JsonObject:
        return {
            "is_running": True,
            "url": running.url,
            "address": running.address,
            "jobs_unfinished": len(running.jobs.live),
            "home": running.config.gateway_home,
            "quorum": running.config.gateway_quorum,
        }

    async def _run(
        self, config: Config, host: str, port: int, ready: "asyncio.Future[_Running]"
    ) -> None:
        """Build, serve, take down. This is a task's root: what goes wrong ends the gateway, not the daemon.

        What goes wrong before it is ready is the starter's to tell.
        """
        try:
            async with AsyncExitStack() as stack:
                await self._build(stack, config, _bound(host, port), ready)
        except Exception as err:
            if not ready.done():
                ready.set_exception(_first(err))
                return
            logger.exception("event=gateway_failed")
        self._running = None

    async def _build(
        self,
        stack: AsyncExitStack,
        config: Config,
        listener: socket.socket,
        ready: "asyncio.Future[_Running]",
    ) -> None:
        parts = self._parts
        stack.callback(listener.close)
        key = open_signing_key(parts.root / KEY_FILE)
        limits = ChildLimits(wall_ms_max=SLICE_WALL_MS_MAX, nice=0)
        pool = SlicePool(config.cores, limits, pyodide_folder(config))
        stack.callback(pool.close)
        remote = RemoteValues(_origins(config, listener.getsockname()[0]))
        await remote.open()
        stack.push_async_callback(remote.close)
        tools = Tools(key, pool, remote, Subscriptions(), Lending())
        jobs = build_jobs(parts, config, tools)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            door = build_door(parts, config, tools, jobs, _later(group))
            serving = [group.create_task(service) for service in door.services]
            runner = web.AppRunner(door.application, access_log=None, shutdown_timeout=1.0)
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            await jobs.is_ready.wait()
            await web.SockSite(runner, listener).start()
            own = asyncio.current_task()
            assert own is not None
            ready.set_result(
                _Running(
                    url=_url(runner),
                    address=key.address,
                    jobs=jobs,
                    config=config,
                    stop=stopping,
                    task=own,
                )
            )
            await stopping.wait()
            for task in serving:
                task.cancel()


def is_unfinished(store: DcpStore, mesh_job: str) -> bool:
    """Tell whether a job of the mesh's store is one of the gateway's that has not ended; in the store thread."""
    return mesh_job.startswith(MESH_JOB) and store.is_unfinished(mesh_job.removeprefix(MESH_JOB))


def _first(err: Exception) -> Exception:
    """Return the first error that a group of tasks ended with: the starter tells it in one sentence."""
    return _first(err.exceptions[0]) if isinstance(err, ExceptionGroup) else err


def _origins(config: Config, host: str) -> tuple[str, ...]:
    return config.gateway_origins + (LOOPBACK_ORIGINS if is_loopback(host) else ())


def _later(group: asyncio.TaskGroup) -> Later:
    """Return what does something in the loop's next turn: the answer to the present request is queued by then."""

    def later(action: Action) -> None:
        asyncio.get_running_loop().call_soon(lambda: group.create_task(action()))

    return later


def _url(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as err:
        raise ConfigError(
            f"gateway: {host}:{port} is not to be had ({err.strerror}); choose another with --listen"
        ) from err
