"""The command line's side of the control API: HTTP 1.0 over the daemon's Unix socket, as far as it is needed.

aiohttp takes a fifth of a second to import, `http.client` a fortieth; `meshnode check` answers in less than a sixth.
"""

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

_BAD_REQUEST = 400


class _Response:
    """An answer whose body is read to the end of the connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.body = connection.makefile("rb")
        words = self.body.readline().split()
        if len(words) < len(("HTTP/1.0", "200")) or not words[1].isdigit():
            raise ConnectionError("the answer is no HTTP")
        self.status = int(words[1])
        while self.body.readline().strip():
            pass


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
        with self._send(method, path, body).body as stream:
            answer = json.loads(stream.read() or b"{}")
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
        with self._send("GET", path, None).body as stream:
            try:
                while line := stream.readline():
                    event = json.loads(line)
                    if isinstance(event, dict):
                        yield event
            except (OSError, json.JSONDecodeError) as err:
                raise self._unreachable(err) from err

    def _send(self, method: str, path: str, body: object) -> _Response:
        data = b"" if body is None else msgspec.json.encode(body)
        head = f"{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n"
        head += "Content-Type: application/json\r\n\r\n"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(CONNECT_TIMEOUT_S)
                connection.connect(str(self._path))
                connection.settimeout(ANSWER_TIMEOUT_S)
                connection.sendall(head.encode() + data)
                response = _Response(connection)
        except OSError as err:
            raise self._unreachable(err) from err
        if response.status >= _BAD_REQUEST:
            with response.body as stream:
                raise _refusal(stream.read())
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
