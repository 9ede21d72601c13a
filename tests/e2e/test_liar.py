"""A lying worker in a mesh of four: the output is right, the liar is unpaid and shunned, all else is sound."""

import sqlite3
import sys
from pathlib import Path

import pytest
from tests.e2e.mesh import mesh, wait_until_meshed, wait_until_settled
from tests.e2e.programs import long_output, write_long_program

from meshnode.ledger.audit import audit
from meshnode.ledger.export import read_export
from meshnode.node.exit_code import ExitCode
from meshnode.node.keys import Ed25519Verifier

pytestmark = pytest.mark.e2e

LIMIT = 3_000_000


def test_a_liar_is_never_paid_and_is_shunned(tmp_path: Path) -> None:
    program = write_long_program(tmp_path, LIMIT)
    with mesh(tmp_path, 4) as nodes:
        liar = nodes[3]
        liar.stop()
        liar.command = (sys.executable, "-m", "tests.e2e.lying_daemon")
        liar.start()
        wait_until_meshed(nodes)
        identity = str(liar.status()["identity"])

        done = nodes[0].cli("run", "--home", "never", "--verify", "quorum:2", str(program))

        assert done.stdout == long_output(LIMIT), done.stderr
        wait_until_settled(nodes[:3])
        assert nodes[0].cli_json("ledger")["balance"] == -sum(
            int(str(node.cli_json("ledger")["balance"])) for node in nodes[1:3]
        )
        assert liar.cli_json("ledger")["balance"] == 0
        peers = nodes[0].cli_json("peers")["peers"]
        assert isinstance(peers, list)
        assert [p["standing"] for p in peers if p["identity"] == identity] == ["shunned"]
        for node in nodes[:3]:
            assert node.cli("audit").returncode == 0


def test_a_ledger_edited_by_one_byte_fails_with_the_entry_named(tmp_path: Path) -> None:
    program = write_long_program(tmp_path, 1_000_000)
    with mesh(tmp_path, 2) as nodes:
        nodes[0].cli("run", "--home", "never", "--verify", "quorum:1", str(program))
        wait_until_settled(nodes)
    path = nodes[1].root / "ledger.sqlite"
    assert audit([read_export(path)], Ed25519Verifier()).is_sound

    with sqlite3.connect(path) as db:
        number, entry = db.execute(
            "SELECT number, entry FROM entries ORDER BY number DESC"
        ).fetchone()
        edited = bytearray(entry)
        edited[len(edited) // 2] ^= 1
        db.execute("UPDATE entries SET entry = ? WHERE number = ?", (bytes(edited), number))
    db.close()
    done = nodes[1].cli("audit")

    assert done.returncode == ExitCode.AUDIT_FAILED
    assert f"entry 1:{number - 1}" in done.stdout.decode()
