"""`make demo`: three daemons on loopback find each other, compute one program, and settle. Cleans up after itself."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.mesh import MeshNode, mesh, wait_until_settled

from meshnode.node.render import credits_text, render_loop_run, table

COMMAND = (sys.executable, "-m", "meshnode", "run")
FLAGS = ("--home", "never", "--verify", "quorum:2")
PROGRAM = Path("examples/smith_waterman.mojo")


def main() -> int:
    """Run the demo; 0 if the output is right, the balances sum to zero and every audit passes."""
    expected = PROGRAM.with_suffix(".out").read_bytes()
    with tempfile.TemporaryDirectory(prefix="meshnode-demo-") as folder:
        print("Starting three daemons on loopback; each lends one core…", flush=True)
        with mesh(Path(folder), 3) as nodes:
            for node in nodes:
                print(f"  {node.status()['peer_id']} at {node.address()}")
            print(f"\n$ meshnode run {' '.join(FLAGS)} {PROGRAM}", flush=True)
            started_s = time.monotonic()
            done = subprocess.run(
                [*COMMAND, "--data-dir", str(nodes[0].root), *FLAGS, str(PROGRAM)],
                stdout=subprocess.PIPE,
                check=False,
            )
            elapsed_s = time.monotonic() - started_s
            sys.stdout.buffer.write(done.stdout)
            sys.stdout.flush()
            is_right = done.returncode == 0 and done.stdout == expected
            print(
                f"\n{elapsed_s:.1f} s; output {'equals' if is_right else 'DIFFERS FROM'} the real Mojo compiler's\n"
            )
            return 0 if _show_job(nodes[0]) and _show_ledgers(nodes) and is_right else 1


def _show_job(node: MeshNode) -> bool:
    jobs = node.client.request("GET", "/jobs")["jobs"]
    assert isinstance(jobs, list)
    summary = jobs[0]["summary"]
    for run in summary["loop_runs"]:
        print(render_loop_run(run))
    print()
    return bool(summary["loop_runs"])


def _show_ledgers(nodes: list[MeshNode]) -> bool:
    wait_until_settled(nodes)
    rows, total, is_sound = [], 0, True
    for i, node in enumerate(nodes):
        balance = int(str(node.client.request("GET", "/ledger")["balance"]))
        audit = node.cli("audit")
        total += balance
        is_sound = is_sound and audit.returncode == 0
        verdict = audit.stdout.decode().strip()
        rows.append(
            [f"node {i}", str(node.status()["peer_id"])[-8:], credits_text(balance), verdict]
        )
    rows.append(["sum", "", credits_text(total), ""])
    print(table(["", "peer", "balance", "audit"], rows))
    return total == 0 and is_sound and _audit_together(nodes)


def _audit_together(nodes: list[MeshNode]) -> bool:
    """Do what any third party can: take the three exports and check them against one another."""
    exports = [str(node.root / "export.ledger") for node in nodes]
    for node, export in zip(nodes, exports, strict=True):
        node.cli("ledger", "--export", export)
    audit = nodes[0].cli("audit", *exports)
    print(
        f"\n$ meshnode audit node0.ledger node1.ledger node2.ledger\n{audit.stdout.decode().strip()}"
    )
    return audit.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
