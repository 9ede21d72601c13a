"""The requester's tables: runs, reports, final chunks, leases, standings. Blocks; decides nothing."""

import msgspec

from meshnode.node.mesh_store import MeshStore
from meshnode.protocol.messages import Grant, Proof, Voucher
from meshnode.protocol.run_terms import Report, RunTerms, StoredLease, StoredRun
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import ChunkResult, IdentityId, LeaseId, RunId

_encode = msgspec.msgpack.encode


class RequesterStore:
    """Reads and writes one file's requester tables; every write is idempotent by id."""

    def __init__(self, store: MeshStore) -> None:
        self._store = store
        self._db = store.db

    def add_run(self, job: str, terms: RunTerms) -> None:
        """Store a run before it is announced; the first terms stay."""
        with self._store.told():
            self._db.execute(
                "INSERT OR IGNORE INTO runs (run, job, terms) VALUES (?, ?, ?)",
                (terms.run, job, _encode(terms)),
            )

    def unsettled_runs(self) -> tuple[tuple[str, RunTerms], ...]:
        """Return the runs that are not closed, with their jobs."""
        with self._store.told():
            rows = self._db.execute("SELECT job, terms FROM runs WHERE is_closed = 0").fetchall()
        return tuple((row[0], msgspec.msgpack.decode(row[1], type=RunTerms)) for row in rows)

    def is_closed(self, run: RunId) -> bool:
        """Tell whether every lease of the run is settled."""
        with self._store.told():
            row = self._db.execute("SELECT is_closed FROM runs WHERE run = ?", (run,)).fetchone()
        return bool(row and row[0])

    def run(self, run: RunId) -> StoredRun:
        """Return what a machine starts from."""
        with self._store.told():
            reports = self._db.execute(
                "SELECT worker, lease, result FROM reports WHERE run = ? ORDER BY rowid", (run,)
            ).fetchall()
            finals = self._db.execute(
                "SELECT chunk, result FROM finals WHERE run = ?", (run,)
            ).fetchall()
            cancelled = self._db.execute(
                "SELECT is_cancelled FROM runs WHERE run = ?", (run,)
            ).fetchone()
        return StoredRun(
            reports=tuple(
                Report(
                    worker=IdentityId(row[0]),
                    lease=None if row[1] is None else LeaseId(row[1]),
                    result=msgspec.msgpack.decode(row[2], type=ChunkResult),
                )
                for row in reports
            ),
            finals={row[0]: msgspec.msgpack.decode(row[1], type=ChunkResult) for row in finals},
            leases=self.leases(run),
            shunned=self._store.shunned(),
            is_cancelled=bool(cancelled and cancelled[0]),
        )

    def leases(self, run: RunId) -> tuple[StoredLease, ...]:
        """Return a run's leases in the order of their grants."""
        with self._store.told():
            rows = self._db.execute(
                "SELECT grant_, stop, voucher, evidence, is_ended, is_forfeited, is_settled FROM leases "
                "WHERE run = ? ORDER BY rowid",
                (run,),
            ).fetchall()
        return tuple(
            StoredLease(
                grant=msgspec.msgpack.decode(row[0], type=Grant),
                stop=row[1],
                voucher=None if row[2] is None else msgspec.msgpack.decode(row[2], type=Voucher),
                evidence=None if row[3] is None else msgspec.msgpack.decode(row[3], type=Sealed),
                is_ended=bool(row[4]),
                is_forfeited=bool(row[5]),
                is_settled=bool(row[6]),
            )
            for row in rows
        )

    def store_lease(self, grant: Grant, stop: int) -> None:
        """Store a lease or its new end."""
        with self._store.told():
            self._db.execute(
                "INSERT INTO leases (lease, run, grant_, stop) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (lease) DO UPDATE SET stop = excluded.stop",
                (grant.lease, grant.run, _encode(grant), stop),
            )

    def store_voucher(self, voucher: Voucher, evidence: Sealed) -> None:
        """Keep the newest voucher of a lease with the promise that it answers."""
        with self._store.told():
            self._db.execute(
                "UPDATE leases SET voucher = ?, evidence = ? WHERE lease = ?",
                (_encode(voucher), _encode(evidence), voucher.lease),
            )

    def end_lease(self, lease: LeaseId) -> None:
        """Store that no more chunks will come."""
        with self._store.told():
            self._db.execute("UPDATE leases SET is_ended = 1 WHERE lease = ?", (lease,))

    def settle_lease(self, lease: LeaseId, *, is_forfeit: bool) -> None:
        """Store that the ledger has posted the lease's receipt or released its hold."""
        with self._store.told():
            self._db.execute(
                "UPDATE leases SET is_settled = 1, is_forfeited = ? WHERE lease = ?",
                (is_forfeit, lease),
            )

    def store_report(self, run: RunId, report: Report, tape: bytes | None) -> None:
        """Store a result with its tape (None: the tape is kept already)."""
        if tape is not None:
            self._store.put_tape(tape)
        with self._store.told():
            self._db.execute(
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?)",
                (
                    run,
                    report.result.chunk,
                    report.worker,
                    report.lease,
                    _encode(report.result),
                    report.result.tape_hash,
                ),
            )

    def store_final(self, run: RunId, result: ChunkResult, worker: IdentityId) -> None:
        """Store the one result of a chunk that is replayed."""
        with self._store.told():
            self._db.execute(
                "INSERT OR IGNORE INTO finals VALUES (?, ?, ?, ?)",
                (run, result.chunk, worker, _encode(result)),
            )

    def final(self, run: RunId, chunk: int) -> tuple[ChunkResult, bytes] | None:
        """Return a final chunk with its tape, or None while it is not final."""
        with self._store.told():
            row = self._db.execute(
                "SELECT result FROM finals WHERE run = ? AND chunk = ?", (run, chunk)
            ).fetchone()
        if row is None:
            return None
        result = msgspec.msgpack.decode(row[0], type=ChunkResult)
        tape = self._store.tape(result.tape_hash)
        assert tape is not None, "the tape of a final chunk is kept"
        return result, tape

    def final_chunks(self, run: RunId) -> frozenset[int]:
        """Name the chunks that are final."""
        with self._store.told():
            rows = self._db.execute("SELECT chunk FROM finals WHERE run = ?", (run,)).fetchall()
        return frozenset(int(row[0]) for row in rows)

    def offered_receipt(self, lease: LeaseId) -> Sealed | None:
        """Return the receipt that was offered for a lease, or None."""
        with self._store.told():
            row = self._db.execute(
                "SELECT receipt FROM leases WHERE lease = ?", (lease,)
            ).fetchone()
        return (
            None if row is None or row[0] is None else msgspec.msgpack.decode(row[0], type=Sealed)
        )

    def store_receipt(self, lease: LeaseId, receipt: Sealed) -> None:
        """Keep the offered bytes: the same are offered again after a restart."""
        with self._store.told():
            self._db.execute(
                "UPDATE leases SET receipt = ? WHERE lease = ?", (_encode(receipt), lease)
            )

    def shun(self, identity: IdentityId) -> None:
        """Remember a worker as proven wrong."""
        self._count(identity, checks=0, is_shunned=True)

    def record_check(self, identity: IdentityId) -> None:
        """Count an agreement with a check at home."""
        self._count(identity, checks=1, is_shunned=False)

    def store_proof(self, worker: IdentityId, proof: Proof) -> None:
        """Keep a proof against a worker."""
        with self._store.told():
            self._db.execute("INSERT INTO proofs VALUES (?, ?)", (worker, _encode(proof)))

    def cancel_run(self, run: RunId) -> None:
        """Store that the run's program wants no more of it."""
        with self._store.told():
            self._db.execute("UPDATE runs SET is_cancelled = 1 WHERE run = ?", (run,))

    def close_run(self, run: RunId) -> None:
        """Store that every lease of the run is settled."""
        with self._store.told():
            self._db.execute("UPDATE runs SET is_closed = 1 WHERE run = ?", (run,))

    def jobs_with_results(self) -> frozenset[str]:
        """Return the jobs of which results of a closed run are kept."""
        with self._store.told():
            rows = self._db.execute(
                "SELECT DISTINCT job FROM runs WHERE is_closed = 1 AND EXISTS "
                "(SELECT 1 FROM reports WHERE reports.run = runs.run)"
            ).fetchall()
        return frozenset(str(row[0]) for row in rows)

    def forget_job(self, job: str) -> None:
        """Drop the results of an ended job's closed runs, which nobody asks for again.

        A run whose leases are not settled keeps its results: they are judged by them.
        """
        with self._store.transaction():
            for table in ("reports", "finals"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE run IN "  # noqa: S608  two constants
                    "(SELECT run FROM runs WHERE job = ? AND is_closed = 1)",
                    (job,),
                )
            self._store.forget_loose_tapes()

    def _count(self, identity: IdentityId, *, checks: int, is_shunned: bool) -> None:
        with self._store.told():
            self._db.execute(
                "INSERT INTO workers VALUES (?, ?, ?) ON CONFLICT (identity) DO UPDATE SET "
                "checks = CASE WHEN excluded.is_shunned THEN 0 ELSE checks + excluded.checks END, "
                "is_shunned = is_shunned OR excluded.is_shunned",
                (identity, checks, is_shunned),
            )
