"""A store that loses its unsynced tail in a crash."""

from random import Random

from meshnode.protocol.messages import Grant, Voucher
from meshnode.protocol.run_terms import Report, StoredLease, StoredRun
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import ChunkResult, Hash, IdentityId, RunId
from meshnode.protocol.worker_events import StoredWork

Key = tuple[str | bytes | int | None, ...]
Value = object


class Disk:
    """Tables of values by key. A value of None deletes."""

    def __init__(self) -> None:
        self._durable: dict[Key, Value] = {}
        self._tail: list[tuple[Key, Value]] = []

    def write(self, key: Key, value: Value) -> None:
        self._tail.append((key, value))

    def sync(self) -> None:
        for key, value in self._tail:
            self._apply(key, value)
        self._tail.clear()

    def crash(self, rng: Random) -> None:
        """Keep a random part of the tail, from its begin."""
        del self._tail[rng.randint(0, len(self._tail)) :]
        self.sync()

    def read(self, key: Key) -> Value:
        for written, value in reversed(self._tail):
            if written == key:
                return value
        return self._durable.get(key)

    def table(self, *prefix: str | bytes | int | None) -> list[tuple[Key, Value]]:
        view = {**self._durable, **dict(self._tail)}
        return [
            (key, value)
            for key, value in view.items()
            if key[: len(prefix)] == prefix and value is not None
        ]

    def _apply(self, key: Key, value: Value) -> None:
        if value is None:
            self._durable.pop(key, None)
        else:
            self._durable[key] = value


def stored_run(disk: Disk, run: RunId) -> StoredRun:
    reports: list[Report] = []
    finals: dict[int, ChunkResult] = {}
    leases: list[StoredLease] = []
    for _, report in disk.table("report", run):
        assert isinstance(report, Report)
        reports.append(report)
    for _, final in disk.table("final", run):
        assert isinstance(final, ChunkResult)
        finals[final.chunk] = final
    for key, kept in disk.table("lease", run):
        assert isinstance(kept, tuple)
        grant, stop = kept
        assert isinstance(grant, Grant)
        voucher = disk.read(("voucher", run, grant.lease))
        evidence = disk.read(("evidence", run, grant.lease))
        assert isinstance(voucher, Voucher | None)
        assert isinstance(evidence, Sealed | None)
        status = disk.read(("settled", run, grant.lease))
        leases.append(
            StoredLease(
                grant=grant,
                stop=stop,
                voucher=voucher,
                evidence=evidence,
                is_ended=disk.read(("ended", run, grant.lease)) is not None,
                is_forfeited=status == "forfeited",
                is_settled=status is not None,
            )
        )
        assert key[2] == grant.lease
    shunned = frozenset(
        IdentityId(peer)
        for (_, _, peer), _ in disk.table("shunned", run)
        if isinstance(peer, bytes)
    )
    return StoredRun(reports=tuple(reports), finals=finals, leases=tuple(leases), shunned=shunned)


def stored_work(disk: Disk) -> tuple[StoredWork, ...]:
    works: list[StoredWork] = []
    for key, kept in disk.table("work"):
        assert isinstance(kept, tuple)
        grant, received_ms, stop = kept
        results = [
            result for _, result in disk.table("result", key[1]) if isinstance(result, ChunkResult)
        ]
        results.sort(key=lambda result: result.chunk)
        voucher = disk.read(("held", key[1]))
        assert isinstance(voucher, Voucher | None)
        works.append(
            StoredWork(
                grant=grant,
                received_ms=received_ms,
                stop=stop,
                results=tuple(results),
                voucher=voucher,
            )
        )
    return tuple(works)


def keep_tape(disk: Disk, tape_hash: Hash, tape: bytes) -> None:
    disk.write(("tape", tape_hash), tape)


def tape_of(disk: Disk, tape_hash: Hash) -> bytes | None:
    tape = disk.read(("tape", tape_hash))
    assert isinstance(tape, bytes | None)
    return tape
