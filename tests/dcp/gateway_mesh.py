"""A mesh of real daemons with a DCP gateway: one requester that computes nothing itself, and workers."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.mesh import MeshNode, free_port, wait_until_meshed

GATEWAY_FLAGS = ("--home", "never", "--verify", "quorum:2")
WORKERS = 3
GATEWAY_S = 60.0
CONFIG = "gateway_progress_s = 5\ngateway_slice_s = 60\n"
"""Of the requester: slices that hang are to end sooner than DCP's 30 s, or the tests would last."""


@dataclass(frozen=True, slots=True)
class GatewayMesh:
    """Daemons that have found each other; the first has the gateway and lends no core."""

    nodes: list[MeshNode]
    url: str
    """The gateway's: what DCP_SCHEDULER_LOCATION is set to."""

    @property
    def requester(self) -> MeshNode:
        """The node with the gateway."""
        return self.nodes[0]


@contextmanager
def gateway_mesh(
    root: Path,
    workers: int = WORKERS,
    flags: Sequence[str] = GATEWAY_FLAGS,
    config: str = CONFIG,
    pyodide: Path | None = None,
) -> Iterator[GatewayMesh]:
    """Run a requester and workers, and start the gateway on the former with `flags`; Python jobs need `pyodide`."""
    python = f'pyodide = "{pyodide}"\n' if pyodide else ""
    nodes: list[MeshNode] = []
    try:
        for i in range(workers + 1):
            contribute = (
                ["--contribute", "always", "--cores", "1"] if i else ["--contribute", "never"]
            )
            bootstrap = ["--bootstrap", nodes[0].address()] if nodes else []
            listen = ["--listen", f"/ip4/127.0.0.1/tcp/{free_port()}"]
            node = MeshNode(root / f"node{i}", [*contribute, *listen, *bootstrap])
            nodes.append(node)
            node.root.mkdir(parents=True, exist_ok=True)
            (node.root / "config.toml").write_text(python + ("" if i else config))
            node.start()
        wait_until_meshed(nodes)
        yield GatewayMesh(nodes, start_gateway(nodes[0], flags))
    finally:
        for node in nodes:
            node.stop()


def start_gateway(node: MeshNode, flags: Sequence[str] = GATEWAY_FLAGS, port: int = 0) -> str:
    """Start the gateway of a running daemon; return its URL."""
    listen = f"127.0.0.1:{port or free_port()}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "meshnode", "gateway", "start", "--data-dir", str(node.root)),
            *("--listen", listen, "--json", *flags),
        ],
        capture_output=True,
        text=True,
        timeout=GATEWAY_S,
        check=False,
    )
    assert done.returncode == 0, f"the gateway did not start: {done.stderr}"
    url = json.loads(done.stdout)["url"]
    assert isinstance(url, str)
    return url


def status_ms(node: MeshNode) -> float:
    """How long `GET /status` of a daemon takes now."""
    began = time.perf_counter()
    node.status()
    return 1000 * (time.perf_counter() - began)
