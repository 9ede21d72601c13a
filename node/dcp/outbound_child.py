"""The Node process that speaks to DCP with Distributive's client: its start, its lines, its end.

It sees an environment of a few names, a folder of its own and no terminal. Keystores are opened in it, never here.
"""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from meshnode.node.dcp.outbound_limits import (
    END_S,
    LINE_BYTES_MAX,
    STDERR_KEPT_BYTES,
    TOLD_CHARS_MAX,
)
from meshnode.node.dcp.outbound_messages import (
    Cancel,
    FromNode,
    ToNode,
    decode_line,
    encode_line,
)
from meshnode.node.errors import ConfigError
from meshnode.node.options import DcpOptions

_SCRIPT = Path(__file__).with_name("outbound.js").resolve()
_PASSED_ON = ("PATH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "NODE_EXTRA_CA_CERTS")
"""What of our environment reaching the network may need."""

NODE_MISSING = "loops are shipped to DCP with Node.js, and there is no `node` in PATH; install Node.js 18 or later"


class ChildSilent(Exception):  # noqa: N818  it names the situation
    """The process ended, or said what is no message."""


class OutboundChild:
    """One Node process for one loop run."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._stderr = b""
        self._errors = asyncio.get_running_loop().create_task(self._keep_stderr())

    @classmethod
    async def start(cls, options: DcpOptions) -> "OutboundChild":
        """Start the process.

        Raises:
            ConfigError: there is no Node.js.
        """
        node = shutil.which("node")
        if node is None:
            raise ConfigError(NODE_MISSING)
        folder = Path(tempfile.mkdtemp(prefix="meshnode-dcp-"))
        process = await asyncio.create_subprocess_exec(
            node,
            str(_SCRIPT),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
            env=child_environment(options, folder, os.environ),
            cwd=folder,
            start_new_session=True,
        )
        return cls(process, folder)

    async def send(self, message: ToNode) -> None:
        """Send a message; a process that has ended does not get it."""
        assert self._process.stdin is not None
        line = await asyncio.to_thread(encode_line, message)
        with contextlib.suppress(OSError):
            self._process.stdin.write(line)
            await self._process.stdin.drain()

    async def receive(self) -> FromNode:
        """Wait for the next message.

        Raises:
            ChildSilent: there will be none.
        """
        assert self._process.stdout is not None
        try:
            line = await self._process.stdout.readuntil(b"\n")
            return await asyncio.to_thread(decode_line, line)
        except asyncio.IncompleteReadError:
            raise ChildSilent(f"the Node process ended{await self._last_words()}") from None
        except asyncio.LimitOverrunError:
            raise ChildSilent("the Node process said a line that is too long") from None
        except msgspec.DecodeError as err:
            raise ChildSilent(f"the Node process said what is no message: {err}") from err

    async def end(self) -> None:
        """Let the process cancel its job and end; kill it after END_S, or when the caller is cancelled."""
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_S):
                    await self.send(Cancel())
                    assert self._process.stdin is not None
                    self._process.stdin.close()
                    await self._drain()
                    await self._process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            await asyncio.wait({self._errors})
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _drain(self) -> None:
        """Read what is still said, or the process would wait for us."""
        assert self._process.stdout is not None
        while await self._process.stdout.read(1 << 16):
            pass

    async def _keep_stderr(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(1 << 12):
            self._stderr = (self._stderr + piece)[-STDERR_KEPT_BYTES:]

    async def _last_words(self) -> str:
        """Tell how the process ended and its last line on stderr."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await self._process.wait()
                await asyncio.wait({self._errors})
        lines = self._stderr.decode(errors="replace").strip().splitlines()
        status = f" (status {self._process.returncode})"
        return f"{status}: {_printable(lines[-1][:TOLD_CHARS_MAX])}" if lines else status


def _printable(text: str) -> str:
    """Take out what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def child_environment(options: DcpOptions, folder: Path, ours: Mapping[str, str]) -> dict[str, str]:
    """Return all that the process sees of the environment; `folder` is its home."""
    environment = {name: ours[name] for name in _PASSED_ON if name in ours}
    environment |= {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "DCP_RESOURCE_DIR": options.keystores,
    }
    if options.scheduler:
        environment["DCP_SCHEDULER_LOCATION"] = options.scheduler
    return environment
