"""One thread that runs trio beside the asyncio thread, and the narrow bridge between the two.

libp2p speaks trio only; the daemon speaks asyncio. A busy libp2p must not stall the control API, so each has a thread
(design note: p2p, event loop). Rules of the bridge: what crosses it is bytes and frozen values; every call carries
cancellation both ways; nothing that is called over it can bring down the other side.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar, TypeVarTuple

import trio

from meshnode.node.network.port import NetworkError

logger = logging.getLogger(__name__)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class TrioThread:
    """A trio loop in a thread of its own; all methods are called from the asyncio thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._token: trio.lowlevel.TrioToken | None = None
        self._nursery: trio.Nursery | None = None
        self._ended: asyncio.Event | None = None
        self._pending: dict[int, Callable[[], None]] = {}
        """How to fail each call that trio has not answered: a crash of trio runs nobody's `finally`."""

    @property
    def is_running(self) -> bool:
        """Whether trio code can be called now."""
        return self._token is not None

    async def start(self) -> None:
        """Start the thread, and return when trio runs in it."""
        assert self._thread is None
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        ended = self._ended = asyncio.Event()

        def on_ready() -> None:
            if not ready.done():
                ready.set_result(None)

        def run() -> None:
            try:
                trio.run(self._serve, lambda: _post(loop, on_ready))
            except BaseException:
                logger.exception("event=trio_thread_crashed")
            finally:
                self._token = None
                for fail in tuple(self._pending.values()):
                    fail()
                _post(loop, ended.set)

        self._thread = threading.Thread(target=run, name=self._name, daemon=True)
        self._thread.start()
        await ready

    async def stop(self) -> None:
        """Cancel everything in the thread, and wait until it has ended; then it may be started again."""
        if self._thread is None:
            return
        assert self._ended is not None
        token, nursery = self._token, self._nursery
        if token is not None and nursery is not None:
            with contextlib.suppress(trio.RunFinishedError):
                token.run_sync_soon(nursery.cancel_scope.cancel)
        await self._ended.wait()
        self._thread.join()
        self._thread = None

    async def call(self, function: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
        """Run a trio function there and return its result; cancelling the caller cancels it there.

        Raises:
            NetworkError: trio does not run, or stopped meanwhile.
            Exception: whatever the function raises.
        """
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()  # from now on only `run` ends it
        scope = trio.CancelScope()

        async def run() -> None:
            try:
                with scope:
                    outcome.set_result(await function(*args))
            except Exception as err:  # noqa: BLE001 (the caller is told, in its own thread)
                outcome.set_exception(err)
            finally:
                fail()

        def fail() -> None:
            if not outcome.done():
                outcome.set_exception(NetworkError("the network stopped meanwhile"))

        def start() -> None:
            try:
                assert self._nursery is not None
                self._nursery.start_soon(run)
            except RuntimeError:  # the nursery is closed
                fail()

        token = self._token
        if token is None:
            raise NetworkError("the network does not run")
        self._pending[id(outcome)] = fail
        try:
            token.run_sync_soon(start)
            return await asyncio.wrap_future(outcome)
        except trio.RunFinishedError as err:
            raise NetworkError("the network does not run") from err
        except asyncio.CancelledError:
            self.post(scope.cancel)
            raise
        finally:
            del self._pending[id(outcome)]

    def post(self, function: Callable[[*Ts], object], *args: *Ts) -> None:
        """Call a quick function there soon; nothing happens when trio does not run."""
        token = self._token
        if token is None:
            return

        def run() -> None:
            try:
                function(*args)
            except Exception:
                logger.exception("event=posted_call_failed")

        try:
            token.run_sync_soon(run)
        except trio.RunFinishedError:
            self._token = None

    async def _serve(self, on_ready: Callable[[], None]) -> None:
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            self._token = trio.lowlevel.current_trio_token()
            on_ready()
            await trio.sleep_forever()


class AsyncioSide:
    """The asyncio thread, seen from trio; made in the asyncio thread, its methods are called from trio."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._cancels: dict[int, Callable[[], object]] = {}
        self._idle = asyncio.Event()

    async def call(self, function: Callable[[*Ts], Coroutine[None, None, T]], *args: *Ts) -> T:
        """Run an asyncio function there and return its result; cancelling the caller cancels it there.

        Raises:
            NetworkError: asyncio does not run, or the function was cancelled there.
            Exception: whatever the function raises.
        """
        token = trio.lowlevel.current_trio_token()
        done = trio.Event()
        outcome: list[T | BaseException] = []
        tasks: list[asyncio.Task[T]] = []

        def finish(task: asyncio.Task[T]) -> None:
            self._cancels.pop(id(task), None)
            if not self._cancels:
                self._idle.set()
            error = (
                NetworkError("the handler was cancelled") if task.cancelled() else task.exception()
            )
            outcome.append(task.result() if error is None else error)
            _tell(token, done.set)

        def start() -> None:
            task = self._loop.create_task(function(*args))
            tasks.append(task)
            self._cancels[id(task)] = task.cancel
            task.add_done_callback(finish)

        if not _post(self._loop, start):
            raise NetworkError("the daemon's loop has ended")
        try:
            await done.wait()
        except trio.Cancelled:
            _post(self._loop, lambda: [task.cancel() for task in tasks])
            raise
        result = outcome[0]
        if isinstance(result, BaseException):
            raise result
        return result

    def post(self, function: Callable[[*Ts], object], *args: *Ts) -> bool:
        """Call a quick function there soon; false when asyncio does not run any more."""
        return _post(self._loop, lambda: function(*args))

    async def cancel_all(self) -> None:
        """Cancel what `call` runs here, and wait for it; called from the asyncio thread."""
        for cancel in tuple(self._cancels.values()):
            cancel()
        while self._cancels:
            self._idle.clear()
            await self._idle.wait()


def _post(loop: asyncio.AbstractEventLoop, function: Callable[[], object]) -> bool:
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:  # the loop is closed
        return False
    return True


def _tell(token: trio.lowlevel.TrioToken, function: Callable[[], object]) -> None:
    try:
        token.run_sync_soon(function)
    except trio.RunFinishedError:
        return
