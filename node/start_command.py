"""`meshnode start`: in the foreground, or detached with the daemon's log in the data directory."""

import os
import subprocess
import sys
import time
from pathlib import Path

from meshnode.node.config import load_config, override
from meshnode.node.control_client import ControlClient, JsonObject
from meshnode.node.data_directory import (
    DataDirectory,
    DirectoryLock,
    open_data_directory,
    storage_error,
)
from meshnode.node.errors import DaemonError
from meshnode.node.exit_code import ExitCode

START_S = 60.0
"""A cold start imports libp2p, which takes seconds on a busy machine."""

LOG_TAIL_LINES = 3


def start_daemon(
    root: Path, flags: dict[str, object], *, is_detached: bool, is_verbose: bool
) -> JsonObject | None:
    """Run the daemon until it is stopped, or start it in the background and return its status.

    Raises:
        ConfigError, DataDirectoryError, StorageError: told before anything is started.
        DaemonError: the detached daemon ended at once; its last words are in the message.
    """
    directory = open_data_directory(root)
    config = override(load_config(directory.root), flags, "the command line")
    lock = DirectoryLock(directory)
    if is_detached:
        lock.release()
        return _detach(directory, flags)
    from meshnode.node.daemon import run_daemon
    from meshnode.node.log import configure_logging

    configure_logging(is_verbose=is_verbose)
    try:
        run_daemon(directory, config)
    finally:
        lock.release()
    return None


def _detach(directory: DataDirectory, flags: dict[str, object]) -> JsonObject:
    command = [sys.executable, "-m", "meshnode", "start", "--data-dir", str(directory.root)]
    for name, value in flags.items():
        for item in value if isinstance(value, tuple) else (value,):
            command += [f"--{name}", str(item)]
    try:
        log = os.open(directory.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as err:
        raise storage_error(err, directory.log) from err
    try:
        child = subprocess.Popen(  # noqa: S603  our own command line, no shell
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    finally:
        os.close(log)
    client = ControlClient(directory.socket)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise DaemonError(
                f"the daemon ended at once; {_last_words(directory)}", _code(child.returncode)
            )
        if client.is_alive():
            return client.request("GET", "/status")
        time.sleep(0.05)
    child.terminate()
    raise DaemonError(
        f"the daemon did not answer within {START_S:.0f} s; see {directory.log}",
        ExitCode.DAEMON_UNREACHABLE,
    )


def _code(status: int) -> ExitCode:
    try:
        return ExitCode(status)
    except ValueError:
        return ExitCode.INTERNAL


def _last_words(directory: DataDirectory) -> str:
    lines = directory.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return " / ".join(lines[-LOG_TAIL_LINES:]) or f"see {directory.log}"
