"""Jobs of DCP's clients, their slices, batches and packages, in SQLite; it decides nothing.

All calls block, and come from the store thread. What is committed survives `kill -9`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import msgspec

from meshnode.node.dcp.job_limits import SLICES_PER_JOB_MAX
from meshnode.node.dcp.rows import (
    BatchRow,
    BatchTerms,
    JobEnd,
    JobRow,
    SliceCounts,
    SliceResult,
    SliceState,
)
from meshnode.node.dcp.terms import JobTerms, Value
from meshnode.node.sqlite_file import SqlitePath, open_file, told

__all__ = [
    "BatchRow",
    "BatchTerms",
    "DcpStore",
    "JobEnd",
    "JobRow",
    "SliceCounts",
    "SliceResult",
    "SliceState",
]

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
  job TEXT PRIMARY KEY, owner TEXT NOT NULL, terms BLOB NOT NULL,
  is_joined INTEGER NOT NULL, is_closed INTEGER NOT NULL, end_ TEXT NOT NULL DEFAULT '',
  code TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  slice_us INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL,
  ended_ms INTEGER, seed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS slices (
  job TEXT NOT NULL, slice INTEGER NOT NULL, datum TEXT NOT NULL, is_url INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0, batch INTEGER NOT NULL DEFAULT -1,
  value TEXT, PRIMARY KEY (job, slice)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches (
  job TEXT NOT NULL, batch INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, terms BLOB NOT NULL,
  PRIMARY KEY (job, batch)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
  job TEXT NOT NULL, request TEXT NOT NULL, last INTEGER NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (job, request)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS packages (name TEXT PRIMARY KEY, owner TEXT NOT NULL, files BLOB NOT NULL,
  created_ms INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS spent (
  account TEXT NOT NULL, day INTEGER NOT NULL, credits INTEGER NOT NULL, PRIMARY KEY (account, day)) WITHOUT ROWID;
"""


_encode = msgspec.msgpack.encode


class DcpStore:
    """The gateway's tables of one data directory."""

    def __init__(self, path: SqlitePath) -> None:
        self._path = path
        self._db = open_file(path, SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # Jobs

    def add_job(self, row: JobRow, slices: Sequence[Value]) -> bool:
        """Store a new job with the slices that it names itself; false if there is one of its id."""
        terms = row.terms
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            added = self._db.execute(
                "INSERT OR IGNORE INTO jobs (job, owner, terms, is_joined, is_closed, created_ms, seed) "
                "VALUES (?,?,?,?,?,?,?)",
                (
                    terms.job,
                    terms.owner,
                    _encode(terms),
                    row.is_joined,
                    row.is_closed,
                    row.created_ms,
                    row.seed,
                ),
            ).rowcount
            if added:
                self._insert_slices(terms.job, 1, slices)
            return bool(added)

    def job(self, job: str) -> JobRow | None:
        """Return one job, or None."""
        rows = self._jobs("WHERE job = ?", (job,))
        return rows[0] if rows else None

    def jobs_of(self, owner: str, count_max: int) -> tuple[JobRow, ...]:
        """Return an identity's newest jobs, newest first."""
        return self._jobs("WHERE owner = ? ORDER BY created_ms DESC LIMIT ?", (owner, count_max))

    def unfinished(self) -> tuple[JobRow, ...]:
        """Return the jobs that have not ended, oldest first."""
        return self._jobs("WHERE end_ = '' ORDER BY created_ms", ())

    def is_unfinished(self, job: str) -> bool:
        """Tell whether a job has not ended."""
        with self._told():
            row = self._db.execute("SELECT end_ FROM jobs WHERE job = ?", (job,)).fetchone()
        return row is not None and row[0] == ""

    def set_joined(self, job: str) -> None:
        """Let a job be computed."""
        self._execute("UPDATE jobs SET is_joined = 1 WHERE job = ?", (job,))

    def set_closed(self, job: str) -> None:
        """Let no more slices be added."""
        self._execute("UPDATE jobs SET is_closed = 1 WHERE job = ?", (job,))

    def set_slice_us(self, job: str, slice_us: int) -> None:
        """Keep what a slice was measured to take."""
        self._execute("UPDATE jobs SET slice_us = ? WHERE job = ?", (slice_us, job))

    def end_job(self, job: str, end: JobEnd, code: str, reason: str, ended_ms: int) -> None:
        """Record the job's end, the first of them; its batches are of no more use."""
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "UPDATE jobs SET end_ = ?, code = ?, reason = ?, ended_ms = ? WHERE job = ? AND end_ = ''",
                (end, code, reason, ended_ms, job),
            )
            for table in ("batches", "uploads"):
                self._db.execute(f"DELETE FROM {table} WHERE job = ?", (job,))  # noqa: S608  constants only

    def forget_ended(self, before_ms: int) -> int:
        """Drop jobs that ended before a time, with their results; returns how many."""
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            old = "SELECT job FROM jobs WHERE ended_ms < ?"
            self._db.execute(f"DELETE FROM slices WHERE job IN ({old})", (before_ms,))  # noqa: S608  constants only
            return self._db.execute("DELETE FROM jobs WHERE ended_ms < ?", (before_ms,)).rowcount

    # Slices

    def uploaded(self, job: str, request: str) -> int | None:
        """Return the last slice number that a request led to, if it was carried out."""
        with self._told():
            row = self._db.execute(
                "SELECT last FROM uploads WHERE job = ? AND request = ?", (job, request)
            ).fetchone()
        return None if row is None else int(row[0])

    def uploaded_bytes(self, job: str) -> int:
        """Count what was uploaded of an unfinished job's slices."""
        with self._told():
            row = self._db.execute(
                "SELECT total(bytes) FROM uploads WHERE job = ?", (job,)
            ).fetchone()
        return int(row[0])

    def add_slices(self, job: str, request: str, slices: Sequence[Value]) -> int:
        """Append slices, unless this request was carried out before; returns the job's last slice number."""
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            known = self.uploaded(job, request)
            if known is not None:
                return known
            last = self._last(job)
            self._insert_slices(job, last + 1, slices)
            last += len(slices)
            size = sum(len(value.text) for value in slices)
            self._db.execute("INSERT INTO uploads VALUES (?, ?, ?, ?)", (job, request, last, size))
            return last

    def counts(self, job: str) -> SliceCounts:
        """Count a job's slices."""
        with self._told():
            row = self._db.execute(
                "SELECT count(*), total(state = 'done'), max(batch) FROM slices WHERE job = ?",
                (job,),
            ).fetchone()
        last_batch = -1 if row[2] is None else int(row[2])
        return SliceCounts(total=int(row[0]), done=int(row[1]), last_batch=last_batch)

    def waiting(self, job: str) -> dict[int, int]:
        """Return the slices that have no value yet, with how often each has failed."""
        with self._told():
            rows = self._db.execute(
                "SELECT slice, tries FROM slices WHERE job = ? AND state = 'waiting' ORDER BY slice",
                (job,),
            ).fetchall()
        return {int(row[0]): int(row[1]) for row in rows}

    def failed_in(self, job: str) -> dict[int, int]:
        """Return the batch in which each slice that failed and is to be tried again was last."""
        with self._told():
            rows = self._db.execute(
                "SELECT slice, batch FROM slices WHERE job = ? AND state = 'waiting' AND batch >= 0",
                (job,),
            ).fetchall()
        return {int(row[0]): int(row[1]) for row in rows}

    def data(self, job: str, slices: range, bytes_max: int) -> tuple[Value, ...]:
        """Return the input of consecutive slices: at least of the first, then as far as `bytes_max` goes."""
        values: list[Value] = []
        size = 0
        with self._told():
            rows = self._db.execute(
                "SELECT datum, is_url FROM slices WHERE job = ? AND slice >= ? AND slice < ? ORDER BY slice",
                (job, slices.start, slices.stop),
            )
            for text, is_url in rows:
                size += len(text)
                if values and size > bytes_max:
                    break
                values.append(Value(text, bool(is_url)))
        return tuple(values)

    def values(self, job: str, slices: Sequence[int] | None) -> tuple[tuple[int, str], ...]:
        """Return the values of the named slices that are done, or of all that are."""
        known = range(1, SLICES_PER_JOB_MAX + 1)
        wanted = None if slices is None else frozenset(n for n in slices if n in known)
        if wanted is not None and not wanted:
            return ()
        first, last = (1, SLICES_PER_JOB_MAX) if wanted is None else (min(wanted), max(wanted))
        with self._told():
            rows = self._db.execute(
                "SELECT slice, value FROM slices WHERE job = ? AND slice BETWEEN ? AND ? AND state = 'done' "
                "ORDER BY slice",
                (job, first, last),
            )
            return tuple((row[0], row[1]) for row in rows if wanted is None or row[0] in wanted)

    def store_results(self, job: str, batch: int, results: Sequence[SliceResult]) -> frozenset[int]:
        """Store what slices came to; returns those for which this batch's result was not stored before."""
        fresh: set[int] = set()
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for result in results:
                changed = self._db.execute(
                    "UPDATE slices SET state = ?, value = ?, batch = ?, tries = tries + ? "
                    "WHERE job = ? AND slice = ? AND batch < ? AND state = 'waiting'",
                    (
                        result.state,
                        result.value,
                        batch,
                        result.state != "done",
                        job,
                        result.slice,
                        batch,
                    ),
                ).rowcount
                if changed:
                    fresh.add(result.slice)
            failures = sum(1 for r in results if r.slice in fresh and r.state != "done")
            self._db.execute("UPDATE jobs SET errors = errors + ? WHERE job = ?", (failures, job))
        return frozenset(fresh)

    # Batches

    def add_batch(self, job: str, batch: BatchRow) -> None:
        """Store a batch before its run is announced; the first terms stay."""
        self._execute(
            "INSERT OR IGNORE INTO batches VALUES (?, ?, ?, ?, ?)",
            (job, batch.batch, batch.first, batch.count, _encode(batch.terms)),
        )

    def batches(self, job: str) -> tuple[BatchRow, ...]:
        """Return a job's batches in order."""
        with self._told():
            rows = self._db.execute(
                "SELECT batch, first, count, terms FROM batches WHERE job = ? ORDER BY batch",
                (job,),
            ).fetchall()
        return tuple(
            BatchRow(
                batch=row[0],
                first=row[1],
                count=row[2],
                terms=msgspec.msgpack.decode(row[3], type=BatchTerms),
            )
            for row in rows
        )

    # Packages

    def add_package(self, name: str, owner: str, files: dict[str, str], now_ms: int) -> None:
        """Store a client's bundled modules; a name says by its hash what it holds, and the first stays."""
        self._execute(
            "INSERT OR IGNORE INTO packages VALUES (?, ?, ?, ?)",
            (name, owner, _encode(files), now_ms),
        )

    def package(self, name: str) -> dict[str, str] | None:
        """Return a package's files, or None."""
        with self._told():
            row = self._db.execute("SELECT files FROM packages WHERE name = ?", (name,)).fetchone()
        return None if row is None else msgspec.msgpack.decode(row[0], type=dict[str, str])

    def forget_packages(self, owner: str, count_max: int) -> None:
        """Drop a client's oldest packages beyond a number."""
        self._execute(
            "DELETE FROM packages WHERE owner = ? AND name NOT IN "
            "(SELECT name FROM packages WHERE owner = ? ORDER BY created_ms DESC LIMIT ?)",
            (owner, owner, count_max),
        )

    # Clients' allowances

    def spend(self, account: str, day: int, amount: int, allowance: int | None) -> bool:
        """Charge an account's allowance of a day; false, and nothing changed, if that is too little."""
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            row = self._db.execute(
                "SELECT credits FROM spent WHERE account = ? AND day = ?", (account, day)
            ).fetchone()
            spent = amount + (0 if row is None else int(row[0]))
            if allowance is not None and spent > allowance:
                return False
            self._db.execute(
                "INSERT OR REPLACE INTO spent VALUES (?, ?, ?)", (account, day, max(0, spent))
            )
            return True

    def spent(self, account: str, day: int) -> int:
        """Tell what an account has used of a day's allowance, in micro-credits."""
        with self._told():
            row = self._db.execute(
                "SELECT credits FROM spent WHERE account = ? AND day = ?", (account, day)
            ).fetchone()
        return 0 if row is None else int(row[0])

    # Helpers

    def _last(self, job: str) -> int:
        row = self._db.execute("SELECT max(slice) FROM slices WHERE job = ?", (job,)).fetchone()
        return int(row[0] or 0)

    def _insert_slices(self, job: str, first: int, slices: Sequence[Value]) -> None:
        self._db.executemany(
            "INSERT INTO slices (job, slice, datum, is_url) VALUES (?, ?, ?, ?)",
            ((job, first + at, value.text, value.is_url) for at, value in enumerate(slices)),
        )

    def _jobs(self, where: str, values: Sequence[object]) -> tuple[JobRow, ...]:
        columns = "terms, is_joined, is_closed, end_, code, reason, slice_us, errors, created_ms, ended_ms, seed"
        with self._told():
            rows = self._db.execute(f"SELECT {columns} FROM jobs {where}", values).fetchall()  # noqa: S608  constants only
        return tuple(
            JobRow(
                terms=msgspec.msgpack.decode(row[0], type=JobTerms),
                is_joined=bool(row[1]),
                is_closed=bool(row[2]),
                end=row[3],
                code=row[4],
                reason=row[5],
                slice_us=row[6],
                errors=row[7],
                created_ms=row[8],
                ended_ms=row[9],
                seed=row[10],
            )
            for row in rows
        )

    def _execute(self, statement: str, values: Sequence[object]) -> None:
        with self._told():
            self._db.execute(statement, values)

    def _told(self) -> AbstractContextManager[None]:
        return told(self._path)
