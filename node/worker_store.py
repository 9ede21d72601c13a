"""The worker's tables: leases taken on, results kept until they are paid. Blocks; decides nothing."""

import msgspec

from meshnode.node.mesh_store import MeshStore
from meshnode.protocol.messages import Grant, Voucher
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import ChunkResult, LeaseId
from meshnode.protocol.worker_events import StoredWork

_encode = msgspec.msgpack.encode


class WorkerStore:
    """Reads and writes one file's worker tables; every write is idempotent by id."""

    def __init__(self, store: MeshStore) -> None:
        self._store = store
        self._db = store.db

    def work(self) -> tuple[StoredWork, ...]:
        """Return the leases to go on with after a restart."""
        with self._store.told():
            rows = self._db.execute(
                "SELECT lease, grant_, received_ms, stop, voucher FROM work ORDER BY rowid"
            ).fetchall()
        return tuple(
            StoredWork(
                grant=msgspec.msgpack.decode(row[1], type=Grant),
                received_ms=row[2],
                stop=row[3],
                results=self._results(LeaseId(row[0])),
                voucher=None if row[4] is None else msgspec.msgpack.decode(row[4], type=Voucher),
            )
            for row in rows
        )

    def store_work(
        self, grant: Grant, sealed_grant: Sealed | None, received_ms: int, stop: int
    ) -> None:
        """Store a lease or its new end."""
        with self._store.told():
            self._db.execute(
                "INSERT INTO work (lease, grant_, sealed_grant, received_ms, stop) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (lease) DO UPDATE SET stop = excluded.stop",
                (
                    grant.lease,
                    _encode(grant),
                    None if sealed_grant is None else _encode(sealed_grant),
                    received_ms,
                    stop,
                ),
            )

    def store_result(self, lease: LeaseId, result: ChunkResult, tape: bytes | None) -> None:
        """Store a computed chunk with its tape (None: the tape is kept already)."""
        if tape is not None:
            self._store.put_tape(tape)
        with self._store.told():
            self._db.execute(
                "INSERT OR IGNORE INTO results VALUES (?, ?, ?, ?)",
                (lease, result.chunk, _encode(result), result.tape_hash),
            )

    def store_voucher(self, voucher: Voucher) -> None:
        """Keep the newest voucher of a lease."""
        with self._store.told():
            self._db.execute(
                "UPDATE work SET voucher = ? WHERE lease = ?", (_encode(voucher), voucher.lease)
            )

    def forget_work(self, lease: LeaseId) -> None:
        """Delete a lease with its results, and tapes that nothing names any more."""
        with self._store.told():
            self._db.execute("DELETE FROM work WHERE lease = ?", (lease,))
            self._db.execute("DELETE FROM results WHERE lease = ?", (lease,))
            self._store.forget_loose_tapes()

    def _results(self, lease: LeaseId) -> tuple[ChunkResult, ...]:
        rows = self._db.execute(
            "SELECT result FROM results WHERE lease = ? ORDER BY chunk", (lease,)
        ).fetchall()
        return tuple(msgspec.msgpack.decode(row[0], type=ChunkResult) for row in rows)
