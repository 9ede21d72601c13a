"""The node's small parts at the edge: configuration, data directory, output files, idleness, the probe, the log."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from meshnode.node.config import Config, load_config, override
from meshnode.node.data_directory import DirectoryLock, open_data_directory
from meshnode.node.errors import (
    ConfigError,
    DataDirectoryError,
    NodeError,
    StorageError,
    person_error,
)
from meshnode.node.exit_code import ExitCode
from meshnode.node.idle import MachineUse, contribution
from meshnode.node.limits import LOG_LINES_PER_MINUTE, LOG_LINES_PER_PEER_AND_MINUTE
from meshnode.node.log import LineLimit
from meshnode.node.output_log import OutputLog
from meshnode.node.probe import CHUNK_MIN_MS, CHUNKS_WANTED, WORTH_US, Probe
from meshnode.protocol.limits import CHUNK_TARGET_MS, CHUNKS_MAX

# Configuration


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config()


def test_a_file_replaces_defaults_and_flags_replace_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('contribute = "never"\ncores = 3\nprice-per-giga = 7\n')

    read = load_config(tmp_path)

    assert (read.contribute, read.cores, read.price_per_giga) == ("never", 3, 7)
    assert override(read, {"cores": 1}, "here") == replace(read, cores=1)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("cores = 0", "cores"),
        ("cores = true", "cores"),
        ('cores = "two"', "cores"),
        ('contribute = "sometimes"', "contribute"),
        ('listen = "/ip4/127.0.0.1/tcp/0"', "listen"),
        ("listen = [1]", "listen"),
        ('trusted = ["abc"]', "abc"),
        ("colour = 1", "colour"),
        ("cores = ", "TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "config.toml").write_text(text)

    with pytest.raises(ConfigError, match=r"config\.toml") as caught:
        load_config(tmp_path)

    assert named in str(caught.value)


# The data directory


def test_a_data_directory_is_its_owners_alone(tmp_path: Path) -> None:
    directory = open_data_directory(tmp_path / "home")

    assert directory.root.stat().st_mode & 0o777 == 0o700


def test_one_daemon_at_a_time_uses_a_data_directory(tmp_path: Path) -> None:
    directory = open_data_directory(tmp_path)
    first = DirectoryLock(directory)

    with pytest.raises(DataDirectoryError, match="in use") as caught:
        DirectoryLock(directory)
    first.release()

    assert caught.value.exit_code is ExitCode.DATA_DIRECTORY_IN_USE
    DirectoryLock(directory).release()


def test_a_path_too_long_for_a_socket_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataDirectoryError, match="too long"):
        open_data_directory(tmp_path / ("x" * 120))


# Output


async def test_a_restarted_program_writes_nothing_twice(tmp_path: Path) -> None:
    log = OutputLog(tmp_path, "job")
    await log.append("stdout", b"begin\n")
    await log.append("stdout", b"half of")
    log.close()

    log = OutputLog(tmp_path, "job")
    log.restart()
    for line in (b"begin\n", b"half of a line\n", b"end\n"):
        await log.append("stdout", line)
    log.close()

    assert log.read("stdout", 0) == b"begin\nhalf of a line\nend\n"
    assert log.read("stdout", 6) == b"half of a line\nend\n"
    assert log.read("stderr", 0) == b""


async def test_a_reader_is_woken_by_new_output(tmp_path: Path) -> None:
    log = OutputLog(tmp_path, "job")
    waiting = asyncio.create_task(log.wait(log.version, 10))
    await asyncio.sleep(0)

    await log.append("stderr", b"x")

    async with asyncio.timeout(1):
        await waiting
    log.close()


# Idleness

QUIET = MachineUse(others_load_percent=0, input_age_s=None)


@pytest.mark.parametrize(
    ("contribute", "use", "may_work"),
    [
        ("always", MachineUse(others_load_percent=100, input_age_s=0), True),
        ("never", QUIET, False),
        ("idle", QUIET, True),
        ("idle", MachineUse(others_load_percent=26, input_age_s=None), False),
        ("idle", MachineUse(others_load_percent=25, input_age_s=None), True),
        ("idle", MachineUse(others_load_percent=0, input_age_s=59), False),
        ("idle", MachineUse(others_load_percent=0, input_age_s=60), True),
    ],
)
def test_the_owner_comes_first(contribute: str, use: MachineUse, *, may_work: bool) -> None:
    config = override(Config(), {"contribute": contribute}, "here")

    assert contribution(config, use).may_work is may_work


# The probe


def probe(wall_us: int, tape_bytes: int = 0) -> Probe:
    return Probe(iterations=100, operations=100_000, wall_us=wall_us, tape_bytes=tape_bytes)


def test_a_loop_of_less_than_a_second_stays_at_home() -> None:
    assert not probe(wall_us=1000).is_worth_distributing(WORTH_US // 10 - 1)
    assert probe(wall_us=1000).is_worth_distributing(WORTH_US // 10)


def test_a_loop_whose_tape_costs_as_much_as_its_work_stays_at_home() -> None:
    assert not probe(wall_us=1000, tape_bytes=100_000).is_worth_distributing(10**9)
    assert probe(wall_us=1000, tape_bytes=1000).is_worth_distributing(10**9)


def test_a_chunk_is_about_the_target_long_and_there_are_not_too_many() -> None:
    iterations_in_target = CHUNK_TARGET_MS * 1000 * 100 // 1000

    assert probe(wall_us=1000).chunk_length(10**7) == iterations_in_target
    assert probe(wall_us=1000).chunk_length(160) == 10
    assert probe(wall_us=10**9).chunk_length(1) == 1
    assert -(-(10**15) // probe(wall_us=1000).chunk_length(10**15)) <= CHUNKS_MAX


def test_a_short_loop_is_cut_finer() -> None:
    iterations = CHUNKS_WANTED * 10_000  # of 10 us: 100 ms for each of the wanted chunks

    assert probe(wall_us=1000).chunk_length(iterations) == 10_000
    assert probe(wall_us=1000).chunk_length(iterations // 4) == CHUNK_MIN_MS * 100


def test_a_chunk_may_cost_much_more_than_the_mean() -> None:
    assert probe(wall_us=1000).operations_per_chunk(500) == 500_000
    assert probe(wall_us=1000).budget(500) > 100 * 500_000


# Errors and the log


def test_a_group_of_errors_is_told_by_the_sentence_in_it() -> None:
    group = ExceptionGroup("", [ValueError(), ExceptionGroup("", [StorageError("disk full")])])

    assert str(person_error(group, "ran")) == "disk full"
    ours = person_error(ExceptionGroup("", [KeyError("x")]), "ran")
    assert isinstance(ours, NodeError)
    assert ours.exit_code is ExitCode.INTERNAL
    assert "KeyError" in str(ours)


def test_a_flood_about_one_peer_fills_no_disk_and_hides_no_other() -> None:
    limit = LineLimit()

    def said(at_s: float, peer: str) -> tuple[bool, str]:
        record = logging.LogRecord("x", logging.INFO, "file.py", 1, "peer=%s", (peer,), None)
        record.created = at_s
        return limit.filter(record), record.getMessage()

    kept = sum(said(0.0, "mallory")[0] for _ in range(LOG_LINES_PER_PEER_AND_MINUTE + 5))

    assert kept == LOG_LINES_PER_PEER_AND_MINUTE
    assert said(1.0, "alice")[0]
    assert said(61.0, "mallory") == (True, "peer=mallory lines_kept_back=5")


def test_a_flood_about_many_peers_fills_no_disk() -> None:
    limit = LineLimit()

    def is_kept(peer: int) -> bool:
        record = logging.LogRecord("x", logging.INFO, "file.py", 1, "peer=%d", (peer,), None)
        record.created = 0.0
        return limit.filter(record)

    assert sum(is_kept(peer) for peer in range(2 * LOG_LINES_PER_MINUTE)) == LOG_LINES_PER_MINUTE
