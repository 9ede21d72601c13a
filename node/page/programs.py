"""What the page asks about a program, and the answers; compiling is done by the daemon's compile process."""

import re
from collections.abc import Iterable
from typing import Annotated

import msgspec

from meshnode.compiler import CompileError, Program
from meshnode.compiler.diagnostic import Diagnostic
from meshnode.compiler.javascript.loader import loader_text
from meshnode.node.compile_command import explanation
from meshnode.node.compile_service import CompileService
from meshnode.node.control_client import JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.options import JobRequest, RunOptions
from meshnode.node.page.limits import (
    ARGUMENTS_MAX,
    COMPILATIONS_WAITING_MAX,
    NAME_CHARACTERS_MAX,
    QUORUM_MAX,
    SOURCE_BYTES_MAX,
)
from meshnode.protocol.errors import MeshError

NAME = re.compile(r"[\w][\w .+-]*")


class PageBusy(MeshError):  # noqa: N818  a refusal, not a fault
    """Too much is asked for at once; the same request will do later."""


class SourceTooLarge(MeshError):  # noqa: N818  a refusal, not a fault
    """The program is larger than the page takes."""


class ProgramAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program to look at."""

    name: str = "page.mojo"
    source: str


class RunAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program to run."""

    name: str = "page.mojo"
    source: str
    arguments: Annotated[tuple[str, ...], msgspec.Meta(max_length=ARGUMENTS_MAX)] = ()
    options: RunOptions = RunOptions()


def program_asked(body: bytes) -> ProgramAsked:
    """Read a request about a program.

    Raises:
        msgspec.DecodeError: it is none.
        NodeError, SourceTooLarge: its name or its size will not do.
    """
    asked = msgspec.json.decode(body, type=ProgramAsked)
    _check(asked.name, asked.source)
    return asked


def job_request(body: bytes) -> JobRequest:
    """Read a request to run a program.

    Raises:
        msgspec.DecodeError: it is none.
        NodeError, SourceTooLarge: its name, its size or its quorum will not do.
    """
    asked = msgspec.json.decode(body, type=RunAsked)
    _check(asked.name, asked.source)
    if asked.options.dcp is not None:  # it names programs to run on this machine
        raise NodeError("loops are shipped to DCP by `meshnode run` only", ExitCode.USAGE)
    if not 1 <= asked.options.quorum <= QUORUM_MAX:
        raise NodeError(f"the quorum is from 1 to {QUORUM_MAX}", ExitCode.USAGE)
    return JobRequest(
        path=asked.name, source=asked.source, arguments=asked.arguments, options=asked.options
    )


class Programs:
    """Compiles for the page."""

    def __init__(self, compiler: CompileService) -> None:
        self._compiler = compiler
        self._waiting = 0

    async def compiled(self, asked: ProgramAsked) -> JsonObject:
        """Answer with the JavaScript of a program, or with what is wrong with it.

        Raises:
            PageBusy: too many compilations wait.
        """
        program = await self._compile(asked)
        if isinstance(program, CompileError):
            return _refusal(program, asked)
        return {
            "is_compiled": True,
            "javascript": loader_text(program.home, asked.name),
            "home_bytes": len(program.home),
            "slice_bytes": len(program.slice),
            "diagnostics": _diagnostics(program.warnings, asked),
        }

    async def explained(self, asked: ProgramAsked) -> JsonObject:
        """Answer with what `meshnode explain --json` prints, or with what is wrong with the program.

        Raises:
            PageBusy: too many compilations wait.
        """
        program = await self._compile(asked)
        if isinstance(program, CompileError):
            return _refusal(program, asked)
        return {"is_compiled": True} | explanation(program, {asked.name: asked.source})

    async def _compile(self, asked: ProgramAsked) -> Program | CompileError:
        if self._waiting >= COMPILATIONS_WAITING_MAX:
            raise PageBusy("the compiler is busy; ask again in a moment")
        self._waiting += 1
        try:
            return await self._compiler.compile(asked.source, asked.name)
        except CompileError as err:
            return err
        finally:
            self._waiting -= 1


def _check(name: str, source: str) -> None:
    if len(name) > NAME_CHARACTERS_MAX or NAME.fullmatch(name) is None:
        raise NodeError(
            "a program's name has letters, digits, dots and dashes, such as `page.mojo`",
            ExitCode.USAGE,
        )
    # A lone surrogate is refused by the JSON decoder, so that every source can be encoded.
    if len(source.encode()) > SOURCE_BYTES_MAX:
        raise SourceTooLarge(
            f"the program has more than {SOURCE_BYTES_MAX} bytes; run it with `meshnode run`"
        )


def _refusal(err: CompileError, asked: ProgramAsked) -> JsonObject:
    return {"is_compiled": False, "diagnostics": _diagnostics(err.diagnostics, asked)}


def _diagnostics(diagnostics: Iterable[Diagnostic], asked: ProgramAsked) -> list[JsonObject]:
    sources = {asked.name: asked.source}
    return [found.as_dict() | {"text": found.text(sources)} for found in diagnostics]
