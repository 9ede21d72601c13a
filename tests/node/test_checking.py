"""`meshnode check` asks a running daemon; without one it compiles by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from meshnode.compiler.options import CompileOptions
from meshnode.node.checking import CHECK_PATH, answer_check, check_on_daemon
from meshnode.node.compile_service import CompileService
from meshnode.node.control_api import Answers, ControlApi
from meshnode.node.control_client import ControlClient, JsonObject
from meshnode.node.errors import DaemonError
from meshnode.node.exit_code import ExitCode
from meshnode.node.program_files import ProgramFile

if TYPE_CHECKING:
    from meshnode.node.jobs import Jobs


async def nothing() -> JsonObject:
    return {}


async def served(path: Path, *, knows_checks: bool) -> AsyncIterator[ControlClient]:
    compiler = CompileService(None)
    commands = {CHECK_PATH: lambda body: answer_check(compiler, body)} if knows_checks else {}
    answers = Answers(
        status=nothing, peers=nothing, ledger=nothing, stop=lambda: None, commands=commands
    )
    api = ControlApi(path, cast("Jobs", None), answers)  # no job is asked for
    await api.start()
    yield ControlClient(path)
    await api.stop()
    await compiler.close()


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[ControlClient]:
    async for client in served(tmp_path / "control.sock", knows_checks=True):
        yield client


@pytest.fixture
async def old_daemon(tmp_path: Path) -> AsyncIterator[ControlClient]:
    async for client in served(tmp_path / "control.sock", knows_checks=False):
        yield client


def program(source: str) -> ProgramFile:
    return ProgramFile(Path("program.mojo"), source, CompileOptions())


async def check(client: ControlClient, source: str) -> JsonObject | None:
    return await asyncio.to_thread(check_on_daemon, client, program(source))


async def test_a_daemon_gives_warnings_and_errors_as_the_command_does(
    daemon: ControlClient,
) -> None:
    warned = await check(daemon, "fn main():\n    print(1)\n")
    with pytest.raises(DaemonError) as refused:
        await check(daemon, "def main():\n    print(missing)\n")

    assert warned is not None
    assert "program.mojo:1:1: warning" in str(warned["text"])
    assert refused.value.exit_code is ExitCode.COMPILE_ERROR
    assert "program.mojo:2:11: error" in str(refused.value)
    (diagnostic,) = cast("list[JsonObject]", refused.value.details["diagnostics"])
    assert diagnostic["message"] == "use of unknown declaration 'missing'"


async def test_a_daemon_that_does_not_know_checks_is_left_alone(old_daemon: ControlClient) -> None:
    assert await check(old_daemon, "def main():\n    pass\n") is None


async def test_without_a_daemon_nobody_is_asked(tmp_path: Path) -> None:
    assert await check(ControlClient(tmp_path / "control.sock"), "def main():\n    pass\n") is None
