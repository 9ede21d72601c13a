"""`meshnode run`: submit a program, pass its output through untouched, and outlive a restart of the daemon.

stdout carries the program's bytes and nothing else; everything that meshnode says goes to stderr.
"""

import base64
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from meshnode.node.control_client import ControlClient, JsonObject
from meshnode.node.errors import DaemonError
from meshnode.node.exit_code import ExitCode
from meshnode.node.options import JobRequest

REATTACH_S = 600.0
"""How long `run` waits for a daemon that went away: an operator's restart, or a reboot."""

REATTACH_EVERY_S = 0.3

Say = Callable[[str], None]
"""Prints one line for the person, on stderr."""


@dataclass(slots=True)
class _Attachment:
    """How much of a job's output was passed on."""

    stdout: int = 0
    stderr: int = 0


@dataclass(frozen=True, slots=True)
class Display:
    """How `run` tells a person, or a program, what goes on; never on stdout."""

    say: Say
    progress: Callable[[JsonObject], None]
    """Gets each progress event."""
    summary: Callable[[JsonObject], None]
    """Gets the job as it ended (`meshnode job` shows the same)."""


def run_on_daemon(client: ControlClient, request: JobRequest, display: Display) -> int:
    """Run a program on the daemon and return the exit code to end with.

    Ctrl-C cancels the job.

    Raises:
        DaemonError: the daemon refused the job, or stayed away for REATTACH_S.
    """
    job = str(client.request("POST", "/jobs", request)["job"])
    try:
        return _follow(client, job, display)
    except KeyboardInterrupt:
        client.request("POST", f"/jobs/{quote(job)}/cancel")
        display.say(f"job {job} was cancelled")
        return ExitCode.INTERRUPTED


def _follow(client: ControlClient, job: str, display: Display) -> int:
    attachment = _Attachment()
    patience = time.monotonic() + REATTACH_S
    is_told = False
    while True:
        try:
            path = (
                f"/jobs/{quote(job)}/events?stdout={attachment.stdout}&stderr={attachment.stderr}"
            )
            for event in client.stream(path):
                patience, is_told = time.monotonic() + REATTACH_S, False
                if event.get("event") == "ended":
                    return _end(event, display)
                _pass_on(event, attachment, display)
        except DaemonError as err:
            if err.exit_code != ExitCode.DAEMON_UNREACHABLE or time.monotonic() > patience:
                raise
        if not is_told:
            display.say(f"the daemon went away; job {job} goes on when it is back (Ctrl-C leaves)")
            is_told = True
        time.sleep(REATTACH_EVERY_S)


def _pass_on(event: JsonObject, attachment: _Attachment, display: Display) -> None:
    match event.get("event"):
        case "stdout":
            data = base64.b64decode(str(event["data"]))
            write_all(1, data)
            attachment.stdout += len(data)
        case "stderr":
            data = base64.b64decode(str(event["data"]))
            write_all(2, data)
            attachment.stderr += len(data)
        case "progress":
            display.progress(event)
        case _:
            pass


def _end(event: JsonObject, display: Display) -> int:
    display.summary({name: value for name, value in event.items() if name != "event"})
    exit_code = event.get("exit_code")
    if event.get("state") == "done" and isinstance(exit_code, int):
        return exit_code
    display.say(str(event.get("message") or f"the job ended as {event.get('state')}"))
    return exit_code if isinstance(exit_code, int) else ExitCode.JOB_FAILED


def write_all(fd: int, data: bytes) -> None:
    """Write every byte to a file descriptor; a closed pipe ends the process quietly, as it does other filters."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except BrokenPipeError:
        sys.exit(ExitCode.INTERRUPTED)
