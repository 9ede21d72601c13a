"""The SQLite file of runs, leases and tapes, for the requester's and the worker's tables alike.

WAL with synchronous=FULL: what is accepted here is paid for, and is never computed again. All calls block and come
from the store thread. Tapes are kept by their blob id while any row of either side names them.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from meshnode.node.sqlite_file import SqlitePath, open_file, told
from meshnode.protocol.merkle import blob_id
from meshnode.protocol.values import Hash, IdentityId, LeaseId

SCHEMA = """
CREATE TABLE IF NOT EXISTS tapes (hash BLOB PRIMARY KEY, tape BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
  run BLOB PRIMARY KEY, job TEXT NOT NULL, terms BLOB NOT NULL, is_cancelled INTEGER NOT NULL DEFAULT 0,
  is_closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS reports (
  run BLOB NOT NULL, chunk INTEGER NOT NULL, worker BLOB NOT NULL, lease BLOB, result BLOB NOT NULL,
  tape_hash BLOB NOT NULL, PRIMARY KEY (run, chunk, worker));
CREATE TABLE IF NOT EXISTS finals (
  run BLOB NOT NULL, chunk INTEGER NOT NULL, worker BLOB NOT NULL, result BLOB NOT NULL,
  PRIMARY KEY (run, chunk));
CREATE TABLE IF NOT EXISTS leases (
  lease BLOB PRIMARY KEY, run BLOB NOT NULL, grant_ BLOB NOT NULL, stop INTEGER NOT NULL, voucher BLOB, evidence BLOB,
  is_ended INTEGER NOT NULL DEFAULT 0, is_forfeited INTEGER NOT NULL DEFAULT 0, is_settled INTEGER NOT NULL DEFAULT 0,
  receipt BLOB);
CREATE TABLE IF NOT EXISTS workers (
  identity BLOB PRIMARY KEY, checks INTEGER NOT NULL DEFAULT 0, is_shunned INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS proofs (worker BLOB NOT NULL, proof BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS work (
  lease BLOB PRIMARY KEY, grant_ BLOB NOT NULL, sealed_grant BLOB, received_ms INTEGER NOT NULL, stop INTEGER NOT NULL,
  voucher BLOB);
CREATE TABLE IF NOT EXISTS results (
  lease BLOB NOT NULL, chunk INTEGER NOT NULL, result BLOB NOT NULL, tape_hash BLOB NOT NULL,
  PRIMARY KEY (lease, chunk));
"""


class MeshStore:
    """One open file; `RequesterStore` and `WorkerStore` know its tables."""

    def __init__(self, path: SqlitePath) -> None:
        self._path = path
        self.db = open_file(path, SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything in the block at once, or nothing of it; durable when the block has ended."""
        with self.told():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def told(self) -> AbstractContextManager[None]:
        """Turn SQLite's errors into one sentence."""
        return told(self._path)

    def put_tape(self, tape: bytes) -> Hash:
        """Keep a tape; returns its blob id."""
        tape_hash = blob_id(tape)
        with self.told():
            self.db.execute("INSERT OR IGNORE INTO tapes VALUES (?, ?)", (tape_hash, tape))
        return tape_hash

    def tape(self, tape_hash: Hash) -> bytes | None:
        """Return a kept tape, or None."""
        with self.told():
            row = self.db.execute("SELECT tape FROM tapes WHERE hash = ?", (tape_hash,)).fetchone()
        return None if row is None else bytes(row[0])

    def forget_loose_tapes(self) -> None:
        """Drop the tapes that nothing names any more."""
        with self.told():
            self.db.execute(
                "DELETE FROM tapes WHERE hash NOT IN (SELECT tape_hash FROM results) "
                "AND hash NOT IN (SELECT tape_hash FROM reports)"
            )

    def lease_ids(self) -> frozenset[LeaseId]:
        """Return the leases of both sides that are stored."""
        with self.told():
            rows = self.db.execute(
                "SELECT lease FROM leases UNION SELECT lease FROM work"
            ).fetchall()
        return frozenset(LeaseId(bytes(row[0])) for row in rows)

    def checked_workers(self, checks_min: int) -> frozenset[IdentityId]:
        """Return the workers that agreed with so many checks at home."""
        with self.told():
            rows = self.db.execute(
                "SELECT identity FROM workers WHERE checks >= ? AND is_shunned = 0", (checks_min,)
            ).fetchall()
        return frozenset(IdentityId(bytes(row[0])) for row in rows)

    def shunned(self) -> frozenset[IdentityId]:
        """Return the workers that were proven wrong."""
        with self.told():
            rows = self.db.execute("SELECT identity FROM workers WHERE is_shunned = 1").fetchall()
        return frozenset(IdentityId(bytes(row[0])) for row in rows)
