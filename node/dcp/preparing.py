"""Makes a job's program and data ready for the sandbox: fetches what lies elsewhere, finds bundled modules."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from meshnode.node.config import Config
from meshnode.node.dcp.job_limits import (
    BATCH_BYTES_MAX,
    DATUM_BYTES_MAX,
    REMOTE_PER_CLIENT,
    REMOTE_SLICES_PER_BATCH_MAX,
)
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.live_job import LiveJob
from meshnode.node.dcp.port import DcpRefused
from meshnode.node.dcp.remote import RemoteValues
from meshnode.node.dcp.store import DcpStore
from meshnode.node.dcp.terms import Value
from meshnode.node.store_thread import StoreThread
from meshnode.sandbox import JavaScriptProgram


@dataclass(frozen=True, slots=True)
class Preparing:
    """See the module."""

    config: Config
    store: DcpStore
    thread: StoreThread
    remote: RemoteValues

    async def program(self, live: LiveJob) -> JavaScriptProgram:
        """Return what all of a job's slices share, but for their seed. Raises DcpRefused."""
        terms, config = live.terms, self.config
        source = await self.remote.text(terms.owner, terms.work_function)
        return JavaScriptProgram(
            worktime=terms.worktime,
            work_function=source,
            arguments=tuple(await self._texts(terms.owner, terms.arguments)),
            modules=await self._modules(terms.owner, terms.dependencies),
            require_path=terms.require_path,
            dependencies=terms.dependencies,
            public=_public(live),
            is_strict=terms.is_strict,
            progress_ms_max=1000 * config.gateway_progress_s,
            slice_ms_max=1000 * config.gateway_slice_s,
        )

    async def data(self, live: LiveJob, slices: range) -> tuple[str, ...]:
        """Return consecutive slices' input, of as many as one batch may carry, but at least of one.

        Raises:
            DcpRefused: a value cannot be had, or is too large.
        """
        values = await self.thread.call(lambda: self.store.data(live.job, slices, BATCH_BYTES_MAX))
        if any(value.is_url for value in values):
            values = values[:REMOTE_SLICES_PER_BATCH_MAX]
        texts: list[str] = []
        size = 0
        for at in range(0, len(values), REMOTE_PER_CLIENT):
            for text in await self._texts(live.terms.owner, values[at : at + REMOTE_PER_CLIENT]):
                if len(text) > DATUM_BYTES_MAX:
                    raise DcpRefused("EINVAL", f"a slice's input is larger than {DATUM_BYTES_MAX}")
                size += len(text)
                if texts and size > BATCH_BYTES_MAX:
                    return tuple(texts)
                texts.append(text)
        return tuple(texts)

    async def _texts(self, owner: str, values: Sequence[Value]) -> Sequence[str]:
        """Return values' KVIN texts; those that lie elsewhere are fetched, several at a time."""
        fetches: dict[int, asyncio.Task[str]] = {}
        try:
            async with asyncio.TaskGroup() as group:
                for at, value in enumerate(values):
                    if value.is_url:
                        fetches[at] = group.create_task(self.remote.kvin_text(owner, value))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        return [
            fetches[at].result() if value.is_url else value.text for at, value in enumerate(values)
        ]

    async def _modules(
        self, owner: str, dependencies: tuple[str, ...]
    ) -> tuple[tuple[str, str], ...]:
        """Return the sources of the modules that a job depends on, of packages that its client has deployed."""
        modules: list[tuple[str, str]] = []
        for name in dependencies:
            package, _, file = name.partition("/")
            key = f"{owner}/{package}"
            files = await self.thread.call(partial(self.store.package, key))
            source = None if files is None else files.get(f"{file}.js", files.get(file))
            if source is None:
                raise DcpRefused(
                    "ENOENT",
                    f"there is no module {name} here; bundle it with the job (`job.requires('./file')`)",
                )
            modules.append((name, source))
        return tuple(modules)


def _public(live: LiveJob) -> str:
    """Return what slices see as `work.job.public`."""
    terms = live.terms
    return dumps({"name": terms.name, "description": terms.description, "link": terms.link})
