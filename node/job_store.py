"""Jobs, their journals and their grids in SQLite; it decides nothing.

All calls block, and come from one thread (`daemon.py` owns it). What is committed here survives `kill -9` of any
process (WAL, synchronous=FULL).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from meshnode.compiler.options import ModuleText
from meshnode.node.sqlite_file import SqlitePath, open_file, told

JobState = Literal["queued", "compiling", "running", "done", "failed", "cancelled"]

UNFINISHED: tuple[JobState, ...] = ("queued", "compiling", "running")

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
  job TEXT PRIMARY KEY, path TEXT NOT NULL, source TEXT NOT NULL, arguments TEXT NOT NULL, options TEXT NOT NULL,
  state TEXT NOT NULL, exit_code INTEGER, message TEXT NOT NULL DEFAULT '', created_ms INTEGER NOT NULL,
  ended_ms INTEGER, summary TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS modules (
  job TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL, source TEXT NOT NULL,
  PRIMARY KEY (job, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS module_runs (job TEXT PRIMARY KEY, run BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
  job TEXT NOT NULL, ordinal INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (job, ordinal)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS grids (
  job TEXT NOT NULL, ordinal INTEGER NOT NULL, chunk_iterations INTEGER NOT NULL, operations_max INTEGER NOT NULL,
  PRIMARY KEY (job, ordinal)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job as it is stored."""

    job: str
    path: str
    source: str
    arguments: str
    """JSON list of texts."""
    options: str
    """JSON of `RunOptions`."""
    state: JobState
    exit_code: int | None
    """The program's exit code, once it ended by itself."""
    message: str
    """Why the job failed; empty otherwise."""
    created_ms: int
    ended_ms: int | None
    summary: str
    """JSON: who computed what, what it cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """The chunk grid of a job's n-th loop run; fixed once, so that a restarted job comes to the same run."""

    chunk_iterations: int
    operations_max: int


class JobStore:
    """The job tables of one data directory."""

    def __init__(self, path: SqlitePath) -> None:
        self._path = path
        self._db = open_file(path, SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add_job(
        self, row: JobRow, modules: Sequence[ModuleText] = (), module_run: bytes | None = None
    ) -> None:
        """Store a new job with the program's own modules, or with the slice module that it runs (MessagePack)."""
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO modules VALUES (?, ?, ?, ?)",
                [(row.job, module.name, module.file, module.text) for module in modules],
            )
            if module_run is not None:
                self._db.execute("INSERT INTO module_runs VALUES (?, ?)", (row.job, module_run))
            self._db.execute(
                "INSERT INTO jobs (job, path, source, arguments, options, state, created_ms) VALUES (?,?,?,?,?,?,?)",
                (
                    row.job,
                    row.path,
                    row.source,
                    row.arguments,
                    row.options,
                    row.state,
                    row.created_ms,
                ),
            )

    def modules(self, job: str) -> tuple[ModuleText, ...]:
        """Return the modules that were stored with a job, by name."""
        with self._told():
            rows = self._db.execute(
                "SELECT name, file, source FROM modules WHERE job = ? ORDER BY name", (job,)
            ).fetchall()
        return tuple(ModuleText(*row) for row in rows)

    def module_run(self, job: str) -> bytes | None:
        """Return the slice module that was stored with a job, as it was given."""
        with self._told():
            row = self._db.execute("SELECT run FROM module_runs WHERE job = ?", (job,)).fetchone()
        return bytes(row[0]) if row else None

    def set_state(self, job: str, state: JobState) -> None:
        """Move an unfinished job to another unfinished state."""
        assert state in UNFINISHED
        with self._told():
            self._db.execute("UPDATE jobs SET state = ? WHERE job = ?", (state, job))

    def set_summary(self, job: str, summary: str) -> None:
        """Replace the job's summary (JSON)."""
        with self._told():
            self._db.execute("UPDATE jobs SET summary = ? WHERE job = ?", (summary, job))

    def end_job(
        self, job: str, state: JobState, exit_code: int | None, message: str, ended_ms: int
    ) -> None:
        """Record the job's end and drop what only a running job needs."""
        assert state not in UNFINISHED
        with self._told(), self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "UPDATE jobs SET state = ?, exit_code = ?, message = ?, ended_ms = ? WHERE job = ?",
                (state, exit_code, message, ended_ms, job),
            )
            self._db.execute("DELETE FROM journal WHERE job = ?", (job,))

    def job(self, job: str) -> JobRow | None:
        """Return one job, or None if there is none of that id."""
        rows = self._jobs("WHERE job = ?", (job,))
        return rows[0] if rows else None

    def jobs(self, count_max: int) -> tuple[JobRow, ...]:
        """Return the newest jobs, newest first."""
        return self._jobs("ORDER BY created_ms DESC, job LIMIT ?", (count_max,))

    def unfinished_jobs(self) -> tuple[JobRow, ...]:
        """Return the jobs to go on with after a restart, oldest first."""
        return self._jobs("WHERE state IN (?, ?, ?) ORDER BY created_ms", UNFINISHED)

    def journalled(self, job: str, ordinal: int, value: int) -> int:
        """Return the value journalled as the job's n-th home call, storing `value` if there is none yet."""
        with self._told():
            self._db.execute(
                "INSERT OR IGNORE INTO journal VALUES (?, ?, ?)", (job, ordinal, value)
            )
            row = self._db.execute(
                "SELECT value FROM journal WHERE job = ? AND ordinal = ?", (job, ordinal)
            ).fetchone()
        return int(row[0])

    def grid(self, job: str, ordinal: int) -> GridRow | None:
        """Return the grid of the job's n-th loop run, or None if it was not fixed yet."""
        with self._told():
            row = self._db.execute(
                "SELECT chunk_iterations, operations_max FROM grids WHERE job = ? AND ordinal = ?",
                (job, ordinal),
            ).fetchone()
        return GridRow(chunk_iterations=row[0], operations_max=row[1]) if row else None

    def set_grid(self, job: str, ordinal: int, grid: GridRow) -> None:
        """Fix a grid; it must not have been fixed before."""
        with self._told():
            self._db.execute(
                "INSERT INTO grids VALUES (?, ?, ?, ?)",
                (job, ordinal, grid.chunk_iterations, grid.operations_max),
            )

    def _jobs(self, where: str, values: Sequence[object]) -> tuple[JobRow, ...]:
        columns = "job, path, source, arguments, options, state, exit_code, message, created_ms, ended_ms, summary"
        with self._told():
            rows = self._db.execute(f"SELECT {columns} FROM jobs {where}", values).fetchall()  # noqa: S608  constants only
        return tuple(JobRow(**dict(zip(columns.split(", "), row, strict=True))) for row in rows)

    def _told(self) -> AbstractContextManager[None]:
        return told(self._path)
