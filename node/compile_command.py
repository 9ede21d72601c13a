"""`meshnode compile` and `meshnode explain`: one compilation in a fresh process; no daemon is needed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from meshnode.compiler import CompileError, Program
from meshnode.compiler.loops.report import explain
from meshnode.node.compile_service import CompileService
from meshnode.node.control_client import JsonObject
from meshnode.node.data_directory import open_data_directory, storage_error
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.run_command import write_all

T = TypeVar("T")

STDOUT = 1


class ProgramRefusedError(NodeError):
    """The program has errors; the message is the rendered diagnostics."""

    def __init__(self, err: CompileError, sources: Mapping[str, str]) -> None:
        super().__init__(err.text(sources), ExitCode.COMPILE_ERROR)
        self.details = {"diagnostics": [diagnostic.as_dict() for diagnostic in err.diagnostics]}


def compile_file(root: Path, file: Path, source: str, form: str, output: Path) -> JsonObject:
    """Compile a program into a form and write it to `output` (- is stdout).

    Raises:
        ProgramRefusedError: the program has errors.
        StorageError: the output cannot be written.
    """
    content = _with_compiler(
        root, {str(file): source}, lambda compiler: compiler.emit(source, str(file), form)
    )
    if str(output) == "-":
        write_all(STDOUT, content)
    else:
        try:
            output.write_bytes(content)
        except OSError as err:
            raise storage_error(err, output) from err
    return {"output": str(output), "emit": form, "bytes": len(content)}


def explain_file(root: Path, file: Path, source: str) -> JsonObject:
    """Say for each loop of a program whether it is distributed.

    Raises:
        ProgramRefusedError: the program has errors.
    """
    program = _with_compiler(
        root, {str(file): source}, lambda compiler: compiler.compile(source, str(file))
    )
    return explanation(program, source, str(file))


def explanation(program: Program, source: str, file: str) -> JsonObject:
    """Return the loops' reports as data and as text."""
    return {
        "loops": [report.as_dict() for report in program.loops],
        "text": explain(program.loops, {file: source}).rstrip(),
    }


def _with_compiler(
    root: Path, sources: Mapping[str, str], use: Callable[[CompileService], Awaitable[T]]
) -> T:
    directory = open_data_directory(root)

    async def run() -> T:
        compiler = CompileService(directory.cache)
        try:
            return await use(compiler)
        finally:
            await compiler.close()

    try:
        return asyncio.run(run())
    except CompileError as err:
        raise ProgramRefusedError(err, sources) from err
