"""The command line's side of the control API: HTTP over the daemon's Unix socket, with the standard library alone.

aiohttp takes a fifth of a second to import; the command line answers a hello-world in half of one.
"""

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

from meshnode.node.errors import DaemonError
from meshnode.node.exit_code import ExitCode

CONNECT_TIMEOUT_S = 5.0
"""A daemon that lives accepts at once; its socket's backlog covers a busy moment."""

ANSWER_TIMEOUT_S = 120.0
"""The longest quiet request: an audit of a large ledger. Streams send a heartbeat every few seconds."""

JsonObject = dict[str, object]

HEADERS = {"Content-Type": "application/json", "Connection": "close"}
"""One request a connection: the response then owns the socket and closes it."""


class _UnixConnection(http.client.HTTPConnection):
    """An HTTP connection whose host is a socket file."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CONNECT_TIMEOUT_S)
        self.sock.connect(str(self._path))
        self.sock.settimeout(ANSWER_TIMEOUT_S)


class ControlClient:
    """Asks one daemon."""

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path

    def is_alive(self) -> bool:
        """Return whether a daemon listens on the socket."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(CONNECT_TIMEOUT_S)
                probe.connect(str(self._path))
        except OSError:
            return False
        return True

    def request(self, method: str, path: str, body: object = None) -> JsonObject:
        """Ask once and return the answer.

        Raises:
            DaemonError: no daemon answers, or it refuses with a reason.
        """
        response = self._send(method, path, body)
        with response:
            answer = json.loads(response.read() or b"{}")
        if not isinstance(answer, dict):
            raise DaemonError(
                f"the daemon at {self._path} gave a strange answer", ExitCode.INTERNAL
            )
        return answer

    def stream(self, path: str) -> Iterator[JsonObject]:
        """Yield the events of a stream until the daemon ends it.

        Raises:
            DaemonError: no daemon answers, it refuses, or it went away in the middle.
        """
        response = self._send("GET", path, None)
        with response:
            try:
                while line := response.readline():
                    event = json.loads(line)
                    if isinstance(event, dict):
                        yield event
            except (OSError, http.client.HTTPException, json.JSONDecodeError) as err:
                raise self._unreachable(err) from err

    def _send(self, method: str, path: str, body: object) -> http.client.HTTPResponse:
        connection = _UnixConnection(self._path)
        data = None if body is None else msgspec.json.encode(body)
        try:
            connection.request(method, path, data, HEADERS)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as err:
            raise self._unreachable(err) from err
        if response.status >= http.client.BAD_REQUEST:
            raise _refusal(response.read())
        return response

    def _unreachable(self, err: Exception) -> DaemonError:
        return DaemonError(
            f"no daemon answers at {self._path} ({type(err).__name__}); start one with `meshnode start`",
            ExitCode.DAEMON_UNREACHABLE,
        )


def _refusal(body: bytes) -> DaemonError:
    try:
        answer = json.loads(body)
        refusal = DaemonError(str(answer.pop("error")), ExitCode(int(answer.pop("exit_code"))))
    except (ValueError, KeyError, TypeError, AttributeError):
        return DaemonError(f"the daemon refused: {body[:200]!r}", ExitCode.INTERNAL)
    refusal.details = answer
    return refusal
