"""`meshnode compile`, `check` and `explain`: one compilation in a fresh process; no daemon is needed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from meshnode.compiler import CompileError, Program
from meshnode.compiler.loops.report import explain
from meshnode.node.checking import ProgramRefusedError, found_answer
from meshnode.node.compile_service import CompileService
from meshnode.node.control_client import JsonObject
from meshnode.node.data_directory import open_data_directory, storage_error
from meshnode.node.program_files import ProgramFile
from meshnode.node.run_command import write_all

T = TypeVar("T")

STDOUT = 1


def compile_file(root: Path, program: ProgramFile, form: str, output: Path) -> JsonObject:
    """Compile a program into a form and write it to `output` (- is stdout).

    Raises:
        ProgramRefusedError: the program has errors.
        StorageError: the output cannot be written.
    """
    content = with_compiler(
        root,
        program,
        lambda compiler: compiler.emit(program.source, str(program.file), form, program.options),
    )
    if str(output) == "-":
        write_all(STDOUT, content)
    else:
        try:
            output.write_bytes(content)
        except OSError as err:
            raise storage_error(err, output) from err
    return {"output": str(output), "emit": form, "bytes": len(content)}


def check_file(root: Path, program: ProgramFile) -> JsonObject:
    """Find what is wrong with a program, without making code.

    Raises:
        ProgramRefusedError: the program has errors.
    """
    warnings = with_compiler(
        root,
        program,
        lambda compiler: compiler.check(program.source, str(program.file), program.options),
    )
    return found_answer(warnings, program.sources)


def explain_file(root: Path, program: ProgramFile) -> JsonObject:
    """Say for each loop of a program whether it is distributed.

    Raises:
        ProgramRefusedError: the program has errors.
    """
    compiled = with_compiler(
        root,
        program,
        lambda compiler: compiler.compile(program.source, str(program.file), program.options),
    )
    return explanation(compiled, program.sources)


def explanation(program: Program, sources: Mapping[str, str]) -> JsonObject:
    """Return the loops' reports as data and as text."""
    return {
        "loops": [report.as_dict() for report in program.loops],
        "text": explain(program.loops, sources).rstrip(),
    }


def with_compiler(
    root: Path, program: ProgramFile, use: Callable[[CompileService], Awaitable[T]]
) -> T:
    """Run something with a compiler of its own.

    Raises:
        ProgramRefusedError: the program has errors.
    """
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
        raise ProgramRefusedError(err, program.sources) from err
