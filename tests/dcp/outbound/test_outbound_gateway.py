"""`meshnode run --via dcp` with the real dcp-client against our own gateway prints the bytes of `meshnode run`.

Needs Node.js and the client: what `tests/dcp/install.sh` installs, or the folder `node_modules` that
MESHNODE_DCP_NODE_MODULES names. Skipped where there is none.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.dcp.clients import INSTALLED, SCRIPTS
from tests.dcp.gateway_mesh import GatewayMesh, gateway_mesh
from tests.e2e.mesh import MeshNode, free_port
from tests.e2e.programs import long_output, write_long_program
from tests.node.dcp.node_oracle import MODULES_VARIABLE

KERNELS = Path(__file__).parents[3] / "examples" / "kernels"
RUN_S = 240.0
LONG_LIMIT = 1_000_000

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Dcp:
    """A mesh with a gateway, and what a user of `--via dcp` has."""

    mesh: GatewayMesh
    sdk: Path
    keystores: Path

    def flags(self, url: str = "") -> list[str]:
        return [
            *("--via", "dcp", "--home", "never", "--dcp-sdk", str(self.sdk)),
            *("--dcp-keystores", str(self.keystores), "--dcp-scheduler", url or self.mesh.url),
        ]


@pytest.fixture(scope="module")
def dcp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dcp]:
    modules = Path(os.environ.get(MODULES_VARIABLE, INSTALLED / "client" / "node_modules"))
    if shutil.which("node") is None or not (modules / "dcp-client").exists():
        pytest.skip("the real dcp-client is not installed; see tests/dcp/install.sh")
    root = tmp_path_factory.mktemp("outbound")
    home = root / "home"
    home.mkdir()
    made = subprocess.run(
        ["node", str(SCRIPTS / "make_keystores.js")],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "NODE_PATH": str(modules),
            "DCP_CONFIG_LOCATION": "",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    flags = ("--home", "auto", "--verify", "quorum:1")
    with gateway_mesh(root, workers=1, flags=flags) as mesh:
        yield Dcp(mesh, modules.parent, home / ".dcp")


def run_alone(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program without a daemon."""
    return subprocess.run(
        [sys.executable, "-m", "meshnode", "run", "--data-dir", str(root), *arguments],
        capture_output=True,
        timeout=RUN_S,
        check=False,
    )


@pytest.mark.parametrize("name", ["collatz", "mandelbrot"])
def test_a_kernel_prints_the_same_via_dcp(name: str, dcp: Dcp, tmp_path: Path) -> None:
    program = str(KERNELS / f"{name}.mojo")

    plain = run_alone(tmp_path, program)
    shipped = run_alone(tmp_path, *dcp.flags(), "--json", program)

    assert shipped.stdout == plain.stdout == (KERNELS / f"{name}.out").read_bytes()
    assert shipped.returncode == 0
    told = _dcp_summary(shipped.stderr)
    assert told["failure"] == ""
    assert told["chunks_by_home"] == told["wrong_results"] == 0
    assert isinstance(told["chunks_by_dcp"], int)
    assert told["chunks_by_dcp"] > 1


def test_a_daemon_ships_loops_too_and_says_so(dcp: Dcp) -> None:
    program = str(KERNELS / "collatz.mojo")

    done = dcp.mesh.nodes[1].cli("run", *dcp.flags(), "--dcp-offer", "0.5", program)

    assert done.stdout == (KERNELS / "collatz.out").read_bytes()
    assert b"0 by home; wrong results from DCP: 0; offered " in done.stderr


def test_without_a_scheduler_the_program_prints_the_same(dcp: Dcp, tmp_path: Path) -> None:
    program = str(KERNELS / "collatz.mojo")
    nowhere = dcp.flags(f"http://127.0.0.1:{free_port()}")

    done = run_alone(tmp_path, *nowhere, program)

    assert done.stdout == (KERNELS / "collatz.out").read_bytes()
    assert b"0 chunks by DCP" in done.stderr
    assert b"DCP was given up" in done.stderr


def test_a_killed_daemon_goes_on_with_its_job(dcp: Dcp, tmp_path: Path) -> None:
    program = write_long_program(tmp_path, LONG_LIMIT)
    node = MeshNode(tmp_path / "node", ["--contribute", "never", "--cores", "1"])
    node.start()
    try:
        running = subprocess.Popen(
            [
                *(sys.executable, "-m", "meshnode", "run", "--data-dir", str(node.root)),
                *(*dcp.flags(), str(program)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _wait_for_jobs(dcp.mesh.requester, 1)
        node.kill()
        node.start()
        stdout, stderr = running.communicate(timeout=RUN_S)
    finally:
        node.stop()

    assert stdout == long_output(LONG_LIMIT), stderr
    assert b"0 by home" in stderr
    _wait_for_jobs(dcp.mesh.requester, 0)


def _wait_for_jobs(node: MeshNode, count: int) -> None:
    """Wait until the gateway has so many unfinished jobs."""
    deadline = time.monotonic() + 60
    while node.client.request("GET", "/gateway")["jobs_unfinished"] != count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _dcp_summary(stderr: bytes) -> dict[str, object]:
    job = json.loads(stderr[stderr.index(b"{\n") :])
    told = job["summary"]["loop_runs"][0]["dcp"]
    assert isinstance(told, dict)
    return told
