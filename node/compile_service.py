"""Compiles programs in one warm child process, and remembers what it compiled on disk.

The child is started on first use or by `warm`, restarted when it dies, and killed when a
compilation exceeds its time. One compilation runs at a time; the others wait.
"""

import asyncio
import contextlib
import hashlib
import logging
import sys
from pathlib import Path

import msgspec

from meshnode.compiler.diagnostic import Code, CompileError, Diagnostic
from meshnode.compiler.ir import Span
from meshnode.compiler.options import CompileOptions
from meshnode.compiler.program import CountedProgram, Program
from meshnode.node.compile_messages import (
    CHECK_ONLY,
    COUNTED,
    MESSAGE_BYTES_MAX,
    Accepted,
    Broken,
    CompileAnswer,
    Compiled,
    CompileRequest,
    Emitted,
    Refused,
    decode_answer,
    frame,
)
from meshnode.node.prelude_cache import compiler_fingerprint
from meshnode.node.sealed_file import read_sealed, write_sealed

COMPILE_TIMEOUT_S = 60.0
"""Longer than any sensible program takes; LLVM has no bound of its own."""

CACHED_PROGRAMS_MAX = 256
"""Compiled programs that are kept on disk; the oldest go first."""

_TODAY = CompileOptions()

_HOME = "wasm"
_MODULES = (_HOME, "slice")
"""Forms that are a `Program`'s parts."""

logger = logging.getLogger(__name__)


class CompileService:
    """Owns the compile child and the cache folder."""

    def __init__(self, cache: Path | None, timeout_s: float = COMPILE_TIMEOUT_S) -> None:
        self._cache = cache
        self._timeout_s = timeout_s
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._fingerprint = ""

    async def warm(self) -> None:
        """Start the child, so that the first compilation need not wait for it."""
        async with self._turn:
            await self._started()

    async def compile(self, source: str, file: str, options: CompileOptions = _TODAY) -> Program:
        """Compile a program, or find it in the cache.

        Raises: CompileError: the program is wrong or not supported; or the compiler itself failed,
        which says so.
        """
        request = CompileRequest(source, file, None, options)
        cached = self._find(request)
        if cached is not None:
            return cached
        answer = await self._ask(request)
        if isinstance(answer, Compiled):
            self._keep(request, answer.program)
            return answer.program
        raise _error(answer, file)

    async def emit(
        self, source: str, file: str, form: str, options: CompileOptions = _TODAY
    ) -> bytes:
        """Compile a program into a form (`pipeline.Form`'s values: wasm, slice, wat, llvm, js, ir).

        The modules are those of `compile`, and found in the cache as well.

        Raises:
            CompileError: as `compile`.
        """
        if form in _MODULES:
            program = await self.compile(source, file, options)
            return program.home if form == _HOME else program.slice
        answer = await self._ask(CompileRequest(source, file, form, options))
        if isinstance(answer, Emitted):
            return answer.content
        raise _error(answer, file)

    async def count_lines(
        self, source: str, file: str, options: CompileOptions = _TODAY
    ) -> CountedProgram:
        """Compile a program to be run and counted by line.

        Raises:
            CompileError: as `compile`.
        """
        content = await self.emit(source, file, COUNTED, options)
        return msgspec.msgpack.decode(content, type=CountedProgram)

    async def check(
        self, source: str, file: str, options: CompileOptions = _TODAY
    ) -> tuple[Diagnostic, ...]:
        """Check a program without making code; gives the warnings.

        Raises:
            CompileError: as `compile`.
        """
        answer = await self._ask(CompileRequest(source, file, CHECK_ONLY, options))
        if isinstance(answer, Accepted):
            return answer.warnings
        raise _error(answer, file)

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._stop()

    # --------------------------------------------------------------------------------- the child

    async def _ask(self, request: CompileRequest) -> CompileAnswer:
        async with self._turn:
            child = await self._started()
            is_clean = False
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await _exchange(child, request)
            except TimeoutError:
                return Broken(f"the compiler took longer than {self._timeout_s:.0f} s")
            except (OSError, EOFError):
                status = await child.wait()
                logger.warning("compile child died status=%d", status)
                return Broken(f"the compiler's process ended with status {status}")
            else:
                is_clean = True
                return answer
            finally:
                # After anything but a whole exchange the stream cannot be trusted.
                if not is_clean:
                    await self._stop()

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            arguments = [] if self._cache is None else [str(self._cache)]
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "meshnode.node.compile_process",
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=MESSAGE_BYTES_MAX,
            )
        return self._child

    async def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    # --------------------------------------------------------------------------------- the cache

    def _path(self, request: CompileRequest) -> Path | None:
        if self._cache is None:
            return None
        if not self._fingerprint:
            self._fingerprint = compiler_fingerprint()
        key = hashlib.sha256(self._fingerprint.encode() + msgspec.msgpack.encode(request))
        return self._cache / f"program-{key.hexdigest()[:32]}"

    def _find(self, request: CompileRequest) -> Program | None:
        path = self._path(request)
        if path is None:
            return None
        content = read_sealed(path)
        return None if content is None else msgspec.msgpack.decode(content, type=Program)

    def _keep(self, request: CompileRequest, program: Program) -> None:
        path = self._path(request)
        if path is None:
            return
        # A full disk makes the next compilation slower, no more.
        with contextlib.suppress(OSError):
            write_sealed(path, msgspec.msgpack.encode(program))
            kept = sorted(path.parent.glob("program-*"), key=lambda entry: entry.stat().st_mtime)
            for oldest in kept[:-CACHED_PROGRAMS_MAX]:
                oldest.unlink(missing_ok=True)


async def _exchange(child: asyncio.subprocess.Process, request: CompileRequest) -> CompileAnswer:
    """Send a request and read its answer. Raises EOFError or OSError if the child dies."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(frame(request))
    await child.stdin.drain()
    size = int.from_bytes(await child.stdout.readexactly(4), "little")
    return decode_answer(await child.stdout.readexactly(size))


def _error(answer: CompileAnswer, file: str) -> CompileError:
    match answer:
        case Refused(diagnostics):
            return CompileError(diagnostics)
        case Broken(message):
            text = f"internal compiler error: {message}; please report this program"
            return CompileError((Diagnostic(Code.INTERNAL, text, Span(file, 1, 1, 1, 2)),))
        case _:
            raise AssertionError(f"the compile child answered {type(answer).__name__}")
