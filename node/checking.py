"""`meshnode check` on a running daemon: what is asked, and what its warm compiler answers.

Both sides are here and light: the command line loads no compiler and no event loop for it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from meshnode.compiler.diagnostic import Code, CompileError, Diagnostic
from meshnode.compiler.options import CompileOptions, ModuleText
from meshnode.node.errors import DaemonError, NodeError
from meshnode.node.exit_code import ExitCode

if TYPE_CHECKING:
    from meshnode.node.compile_service import CompileService
    from meshnode.node.control_client import ControlClient, JsonObject
    from meshnode.node.program_files import ProgramFile

CHECK_PATH = "/check"


class CheckRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program to check."""

    path: str
    """The file's name as the user gave it; stands in diagnostics."""
    source: str
    modules: tuple[ModuleText, ...] = ()
    strict: bool = False


class ProgramRefusedError(NodeError):
    """The program has errors; the message is the rendered diagnostics."""

    def __init__(self, err: CompileError, sources: Mapping[str, str]) -> None:
        is_ours = any(diagnostic.code is Code.INTERNAL for diagnostic in err.diagnostics)
        exit_code = ExitCode.INTERNAL if is_ours else ExitCode.COMPILE_ERROR
        super().__init__(err.text(sources), exit_code)
        self.details = {"diagnostics": [diagnostic.as_dict() for diagnostic in err.diagnostics]}


def check_on_daemon(client: "ControlClient", program: "ProgramFile") -> "JsonObject | None":
    """Ask the daemon what is wrong with a program; None if none runs, or one that does not know the question.

    Raises:
        DaemonError: the program has errors.
    """
    if not client.is_alive():
        return None
    request = CheckRequest(
        path=str(program.file),
        source=program.source,
        modules=program.options.modules,
        strict=program.options.is_strict,
    )
    try:
        return client.request("POST", CHECK_PATH, request)
    except DaemonError as err:
        if err.exit_code in (ExitCode.USAGE, ExitCode.DAEMON_UNREACHABLE):
            return None
        raise


async def answer_check(compiler: "CompileService", body: bytes) -> "JsonObject":
    """Check a program that a client of the control API sends.

    Raises:
        msgspec.DecodeError: the request is not understood.
        ProgramRefusedError: the program has errors.
    """
    request = msgspec.json.decode(body, type=CheckRequest)
    options = CompileOptions(request.modules, request.strict)
    sources = {m.file: m.text for m in request.modules} | {request.path: request.source}
    try:
        found = await compiler.check(request.source, request.path, options)
    except CompileError as err:
        raise ProgramRefusedError(err, sources) from err
    return found_answer(found, sources)


def found_answer(warnings: Sequence[Diagnostic], sources: Mapping[str, str]) -> "JsonObject":
    """Give warnings as data and as text."""
    return {
        "diagnostics": [warning.as_dict() for warning in warnings],
        "text": "\n".join(warning.text(sources) for warning in warnings),
    }
