"""A small mesh of real daemons on loopback, each a process with a data directory of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from meshnode.node.control_client import ControlClient, JsonObject
from meshnode.node.errors import DaemonError

START_S = 90.0
MESHED_S = 60.0
SETTLED_S = 60.0


@dataclass
class MeshNode:
    """One daemon; killed and started again at will."""

    root: Path
    flags: Sequence[str] = ()
    command: Sequence[str] = (sys.executable, "-m", "meshnode")
    """What runs the daemon: the product, or a test's own entry point around it."""
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def client(self) -> ControlClient:
        return ControlClient(self.root / "control.sock")

    @property
    def log(self) -> str:
        return (self.root / "test.log").read_text(errors="replace")

    def start(self) -> None:
        """Start the daemon and wait until it answers."""
        assert self.process is None
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "test.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, "start", "--data-dir", str(self.root), *self.flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
            )
        self.wait_until_up()

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(
                    f"the daemon ended with {self.process.returncode}:\n{self.log}"
                )
            if self.client.is_alive() and self.status()["is_network_up"]:
                return
            time.sleep(0.05)
        raise AssertionError(f"the daemon does not answer:\n{self.log}")

    def status(self) -> JsonObject:
        return self.client.request("GET", "/status")

    def address(self) -> str:
        addresses = self.status()["addresses"]
        assert isinstance(addresses, list)
        return str(addresses[0])

    def kill(self) -> None:
        """`kill -9`, and wait for the end."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """End the daemon in good order."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def cli(self, *arguments: str, timeout_s: float = 300) -> subprocess.CompletedProcess[bytes]:
        """Run `meshnode COMMAND …` against this node and return what it printed."""
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "meshnode",
                arguments[0],
                "--data-dir",
                str(self.root),
                *arguments[1:],
            ],
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )

    def cli_json(self, *arguments: str) -> JsonObject:
        done = self.cli(arguments[0], "--json", *arguments[1:])
        answer = json.loads(done.stdout)
        assert isinstance(answer, dict)
        return answer


@contextmanager
def mesh(
    root: Path, count: int, flags: Sequence[str] = ("--contribute", "always", "--cores", "1")
) -> Iterator[list[MeshNode]]:
    """Run `count` daemons that have found each other; the first is everybody's bootstrap."""
    nodes: list[MeshNode] = []
    try:
        for i in range(count):
            listen = ["--listen", f"/ip4/127.0.0.1/tcp/{free_port()}"]
            bootstrap = ["--bootstrap", nodes[0].address()] if nodes else []
            node = MeshNode(root / f"node{i}", [*flags, *listen, *bootstrap])
            nodes.append(node)
            node.start()
        wait_until_meshed(nodes)
        yield nodes
    finally:
        for node in nodes:
            node.stop()


def free_port() -> int:
    """Return a port that is free now; a node keeps it over restarts, so that the others find it again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_meshed(nodes: Sequence[MeshNode]) -> None:
    """Wait until the first node sees all others, introduced."""
    deadline = time.monotonic() + MESHED_S
    while time.monotonic() < deadline:
        try:
            peers = nodes[0].client.request("GET", "/peers")["peers"]
        except DaemonError:
            peers = []
        if isinstance(peers, list) and len(peers) >= len(nodes) - 1:
            return
        time.sleep(0.1)
    raise AssertionError(f"the mesh does not form:\n{nodes[0].log}")


def wait_until_settled(nodes: Sequence[MeshNode]) -> None:
    """Wait until nothing is held any more."""
    deadline = time.monotonic() + SETTLED_S
    while any(status["held"] or status["is_disk_busy"] for status in (n.status() for n in nodes)):
        assert time.monotonic() < deadline, "\n".join(node.log for node in nodes)
        time.sleep(0.2)
