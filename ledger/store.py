"""The ledger's SQLite file: entries, and the books that they add up to, in one transaction.

It decides nothing (rules.py) and signs nothing (ledger.py). Whatever a new entry depends on is read
in the transaction that writes it, so that even two writers could not fork the chain, and an audit
may read while the daemon writes. Commits are synced in full: what is signed is never forgotten.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from meshnode.ledger.accounts import Account, is_dcp
from meshnode.ledger.books import Change, HoldRow, HoldStatus, Pool, Standing
from meshnode.ledger.entry import Opened, SignedEntry, read_entry
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.limits import CreditLimits
from meshnode.protocol.identity import Certificate
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import IdentityId, LeaseId, MeshId, PeerKey

FORMAT = 2
"""Of the file, in SQLite's user_version. Format 2 has more kinds of entries in the same tables."""
_FORMATS_READ = (1, FORMAT)
IN_MEMORY = ":memory:"
_SCHEMA = """
CREATE TABLE owner (identity BLOB NOT NULL, mesh BLOB NOT NULL);
CREATE TABLE entries (number INTEGER PRIMARY KEY, entry BLOB NOT NULL, signature BLOB NOT NULL);
CREATE TABLE balances (account TEXT PRIMARY KEY, credits INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE holds (
  lease BLOB PRIMARY KEY, debit TEXT NOT NULL, credit TEXT NOT NULL, escrow TEXT NOT NULL,
  amount_max INTEGER NOT NULL, expires_ms INTEGER NOT NULL, status TEXT NOT NULL,
  drawn INTEGER NOT NULL, drawn_day INTEGER NOT NULL, amount INTEGER NOT NULL,
  entry INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX open_holds ON holds (expires_ms) WHERE status = 'open';
CREATE TABLE standings (
  identity BLOB PRIMARY KEY, repaid_credits INTEGER NOT NULL, repaid_day INTEGER NOT NULL,
  held_credits INTEGER NOT NULL, holds_open INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE summary (
  opened INTEGER NOT NULL, pool_day INTEGER NOT NULL, pool_drawn INTEGER NOT NULL);
CREATE TABLE vouchers (lease BLOB PRIMARY KEY, voucher BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE certificates (working_key BLOB PRIMARY KEY, certificate BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE heads (ledger BLOB PRIMARY KEY, head BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO summary VALUES (0, 0, 0);
"""

_ADVICE = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and try again",
    sqlite3.SQLITE_BUSY: "another process has it open; stop that one first",
    sqlite3.SQLITE_LOCKED: "another process has it open; stop that one first",
    sqlite3.SQLITE_NOTADB: "the file is damaged or no ledger; restore a backup of it",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; restore a backup of it",
    sqlite3.SQLITE_READONLY: "it may not be written; check the file's permissions",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check that its folder exists",
    sqlite3.SQLITE_IOERR: "the disk reports an error; check it and restore a backup",
}

Cell = int | str | bytes | float | None
Row = tuple[Cell, ...]
BOOK_TABLES = ("balances", "holds", "standings", "summary")
"""The tables that a replay of the entries must give again, row by row."""

T = TypeVar("T")

_encode = msgspec.msgpack.encode
_sealed_decoder = msgspec.msgpack.Decoder(Sealed)
_certificate_decoder = msgspec.msgpack.Decoder(Certificate)


class Store:
    """One open file; it is `Books` for the rules and sees its own uncommitted writes."""

    def __init__(self, path: Path | str, *, may_create: bool = True) -> None:
        """Open the file, or create it when it `may_create`. Raises LedgerError."""
        self._name = str(path)
        self._depth = 0
        self._opened: tuple[int, Opened] | None = None
        """The decoded entry that set the limits, with its number."""
        self._unclaimed: tuple[sqlite3.Row | None, int] | None = None
        """What addresses have together, and the version of the file for which this was added up:
        anybody can make a hundred thousand addresses, and each credit asks for the sum.
        """
        with self._errors():
            self._connection = sqlite3.connect(self._name, isolation_level=None, timeout=1.0)
            self._connection.row_factory = sqlite3.Row
            # An edited text is to be found by an audit, not to stop it.
            self._connection.text_factory = lambda text: text.decode(errors="replace")
        try:
            with self._errors():
                self._prepare(may_create=may_create)
        except LedgerError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; what was not committed is gone."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit the block's writes together, or none of them; blocks within a block join it."""
        self._depth += 1
        try:
            with self._errors():
                if self._depth == 1:
                    self._connection.execute("BEGIN IMMEDIATE")
                yield
                if self._depth == 1:
                    self._connection.execute("COMMIT")
        except BaseException:
            if self._depth == 1:
                self._roll_back()
            raise
        finally:
            self._depth -= 1

    # The owner

    def claim(self, identity: IdentityId, mesh: MeshId) -> None:
        """Write a new file's owner. Raises LedgerError when an old file has another."""
        with self.transaction():
            owner = self.owner()
            if owner is None:
                self._connection.execute("INSERT INTO owner VALUES (?, ?)", (identity, mesh))
                return
            if owner != (identity, mesh):
                raise LedgerError(
                    f"the ledger {self._name} belongs to another identity or mesh:"
                    " use another data directory"
                )

    def owner(self) -> tuple[IdentityId, MeshId] | None:
        """Tell whose ledger it is; None for a new file."""
        row = self._one("SELECT identity, mesh FROM owner")
        return None if row is None else (IdentityId(row[0]), MeshId(row[1]))

    def check(self) -> None:
        """Find gross damage: broken pages, balances off zero. Raises LedgerError."""
        with self._errors():
            verdict = self._one("PRAGMA quick_check(1)")
            totals = self._one(
                "SELECT count(*) FROM (SELECT 1 FROM balances"
                " GROUP BY account GLOB 'dcc:*' HAVING total(credits) <> 0)"
            )
        if verdict is None or verdict[0] != "ok":
            raise LedgerError(f"the ledger {self._name} is damaged: restore a backup of it")
        if totals is None or totals[0] != 0:
            raise LedgerError(
                f"the balances of the ledger {self._name} do not sum to zero:"
                " run `meshnode audit` to see which entry they contradict"
            )

    # Books

    def balance(self, account: Account) -> int:
        """Give an account's balance; 0 for one never used."""
        row = self._one("SELECT credits FROM balances WHERE account = ?", account)
        return 0 if row is None else int(row[0])

    def hold(self, lease: LeaseId) -> HoldRow | None:
        """Find a hold; None for one never made."""
        row = self._one("SELECT * FROM holds WHERE lease = ?", lease)
        return None if row is None else _hold_of(row)

    def standing(self, identity: IdentityId) -> Standing:
        """Give a peer's standing; a blank one for a newcomer."""
        row = self._one("SELECT * FROM standings WHERE identity = ?", identity)
        return Standing() if row is None else Standing(*row[1:])

    def pool(self) -> Pool:
        """Give what strangers have drawn on the newest day."""
        row = self._one("SELECT pool_day, pool_drawn FROM summary")
        assert row is not None
        return Pool(*row)

    def unclaimed_credits(self) -> int:
        """Give what all DCP addresses together have here."""
        version = self._one("PRAGMA data_version")
        if self._unclaimed is None or self._unclaimed[0] != version:
            row = self._one("SELECT sum(credits) FROM balances WHERE account GLOB 'dcp:*'")
            self._unclaimed = (version, 0 if row is None else int(row[0] or 0))
        return self._unclaimed[1]

    def limits(self) -> CreditLimits | None:
        """Give the limits in force; None before the first entry."""
        opened = self.opened()
        return None if opened is None else opened.limits

    def opened(self) -> Opened | None:
        """Find the newest entry that set limits and working key; None before the first entry."""
        row = self._one("SELECT opened FROM summary")
        assert row is not None
        if self._opened is None or self._opened[0] != row[0]:
            signed = self.entry(row[0])
            entry = None if signed is None else read_entry(signed.entry)
            if entry is None or not isinstance(entry.body, Opened):
                return None
            self._opened = (row[0], entry.body)
        return self._opened[1]

    # Entries

    def append(self, signed: SignedEntry, change: Change) -> None:
        """Write an entry and what it does to the books. Only inside a transaction."""
        assert self._depth > 0, "an entry is appended outside a transaction"
        execute = self._connection.execute
        row = (signed.entry, signed.signature)
        number = execute("INSERT INTO entries (entry, signature) VALUES (?, ?)", row).lastrowid
        self._connection.executemany(
            "INSERT INTO balances VALUES (?, ?)"
            " ON CONFLICT (account) DO UPDATE SET credits = credits + excluded.credits",
            change.postings,
        )
        if self._unclaimed is not None:
            added = sum(amount for account, amount in change.postings if is_dcp(account))
            self._unclaimed = (self._unclaimed[0], self._unclaimed[1] + added)
        if change.hold is not None:
            values = msgspec.structs.astuple(change.hold)
            execute(
                "INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, number),
            )
        if change.standing is not None:
            identity, standing = change.standing
            values = msgspec.structs.astuple(standing)
            execute("INSERT OR REPLACE INTO standings VALUES (?, ?, ?, ?, ?)", (identity, *values))
        if change.pool is not None:
            pool = (change.pool.day, change.pool.drawn_credits)
            execute("UPDATE summary SET pool_day = ?, pool_drawn = ?", pool)
        if change.limits is not None:
            execute("UPDATE summary SET opened = ?", (number,))

    def entry(self, number: int) -> SignedEntry | None:
        """Read the entry of a number, counted from 1 through all incarnations."""
        row = self._one("SELECT entry, signature FROM entries WHERE number = ?", number)
        return None if row is None else _signed_of(row)

    def newest(self) -> tuple[int, SignedEntry] | None:
        """Read the newest entry and its number; None before the first."""
        query = "SELECT entry, signature, number FROM entries ORDER BY number DESC LIMIT 1"
        row = self._one(query)
        return None if row is None else (int(row[2]), _signed_of(row))

    def entries(self, start: int = 1) -> Iterator[SignedEntry]:
        """Read all entries from number `start` on, in order."""
        query = "SELECT entry, signature FROM entries WHERE number >= ? ORDER BY number"
        with self._errors():
            for row in self._connection.execute(query, (start,)):
                yield _signed_of(row)

    def resolution(self, lease: LeaseId) -> SignedEntry | None:
        """Read the newest entry about a lease's hold; None when it has none."""
        row = self._one("SELECT entry FROM holds WHERE lease = ?", lease)
        return None if row is None else self.entry(int(row[0]))

    def ended_holds(self, now_ms: int) -> tuple[HoldRow, ...]:
        """Find the open holds whose lease has ended, oldest first."""
        query = "SELECT * FROM holds WHERE status = 'open' AND expires_ms <= ? ORDER BY expires_ms"
        with self._errors():
            return tuple(_hold_of(row) for row in self._connection.execute(query, (now_ms,)))

    def held(self, account: Account) -> int:
        """Sum up the open holds that debit an account."""
        query = "SELECT sum(amount_max) FROM holds WHERE status = 'open' AND debit = ?"
        row = self._one(query, account)
        return 0 if row is None else int(row[0] or 0)

    # What others signed

    def put_voucher(self, lease: LeaseId, voucher: Sealed) -> None:
        """Keep a lease's voucher in place of an older one."""
        self._put("INSERT OR REPLACE INTO vouchers VALUES (?, ?)", lease, _encode(voucher))

    def voucher(self, lease: LeaseId) -> Sealed | None:
        """Find a lease's newest voucher."""
        row = self._one("SELECT voucher FROM vouchers WHERE lease = ?", lease)
        return None if row is None else _sealed_decoder.decode(row[0])

    def drop_voucher(self, lease: LeaseId) -> None:
        """Forget the voucher of a lease that was resolved."""
        self._put("DELETE FROM vouchers WHERE lease = ?", lease)

    def put_certificate(self, certificate: Certificate) -> None:
        """Keep the certificate of a key."""
        query = "INSERT OR REPLACE INTO certificates VALUES (?, ?)"
        self._put(query, certificate.working_key, _encode(certificate))

    def certificates(self) -> tuple[Certificate, ...]:
        """Read all certificates. Raises LedgerError for a damaged one."""
        return self._decoded("certificates", _certificate_decoder)

    def vouchers(self) -> tuple[Sealed, ...]:
        """Read all vouchers. Raises LedgerError for a damaged one."""
        return self._decoded("vouchers", _sealed_decoder)

    def heads(self) -> tuple[Sealed, ...]:
        """Read all heads of peers. Raises LedgerError for a damaged one."""
        return self._decoded("heads", _sealed_decoder)

    def signer(self, key: PeerKey) -> IdentityId | None:
        """Tell whose working key it is; None without a certificate."""
        row = self._one("SELECT certificate FROM certificates WHERE working_key = ?", key)
        if row is None:
            return None
        return IdentityId(_certificate_decoder.decode(row[0]).identity)

    def put_head(self, ledger: IdentityId, head: Sealed) -> None:
        """Keep the newest head of a peer's ledger."""
        self._put("INSERT OR REPLACE INTO heads VALUES (?, ?)", ledger, _encode(head))

    def peer_head(self, ledger: IdentityId) -> Sealed | None:
        """Find the newest head of a peer's ledger."""
        row = self._one("SELECT head FROM heads WHERE ledger = ?", ledger)
        return None if row is None else _sealed_decoder.decode(row[0])

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything in the block as of one moment."""
        with self._errors():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._roll_back()

    def rows(self, table: str) -> tuple[Row, ...]:
        """Read a whole table as it stands."""
        with self._errors():
            rows = self._connection.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - our own name
            return tuple(tuple(row) for row in rows)

    # The connection

    def _prepare(self, *, may_create: bool) -> None:
        execute = self._connection.execute
        found = execute("PRAGMA user_version").fetchone()[0]
        is_empty = execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        if found == 0 and not (may_create and is_empty):
            raise LedgerError(f"{self._name} is no ledger: give the path of one")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        if found == 0:
            script = f"BEGIN EXCLUSIVE;{_SCHEMA}PRAGMA user_version = {FORMAT};COMMIT;"
            self._connection.executescript(script)
        elif found not in _FORMATS_READ:
            raise LedgerError(
                f"the ledger {self._name} has format {found}, this meshnode knows {FORMAT}:"
                " use the version that wrote it"
            )
        elif found != FORMAT and may_create:
            execute(f"PRAGMA user_version = {FORMAT}")

    def _one(self, query: str, *values: int | str | bytes) -> sqlite3.Row | None:
        with self._errors():
            row: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
            return row

    def _decoded(self, table: str, decoder: msgspec.msgpack.Decoder[T]) -> tuple[T, ...]:
        try:
            return tuple(decoder.decode(_blob(row[1])) for row in self.rows(table))
        except msgspec.DecodeError as err:
            raise LedgerError(f"the ledger {self._name} has damaged {table}: {err}") from err

    def _put(self, query: str, *values: int | str | bytes) -> None:
        with self.transaction():
            self._connection.execute(query, values)

    def _roll_back(self) -> None:
        self._unclaimed = None
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Tell SQLite's errors in one sentence that says what to do."""
        try:
            yield
        except sqlite3.Error as err:
            advice = _ADVICE.get(getattr(err, "sqlite_errorcode", 0) & 0xFF, str(err))
            raise LedgerError(f"the ledger {self._name} cannot be used: {advice}") from err


def _hold_of(row: sqlite3.Row) -> HoldRow:
    """Read a hold; the last cell is the number of its newest entry."""
    values = (*row[:6], HoldStatus(row[6]), *row[7:10])
    return HoldRow(*values)


def _signed_of(row: sqlite3.Row) -> SignedEntry:
    return SignedEntry(entry=_blob(row[0]), signature=_blob(row[1]))


def _blob(cell: Cell) -> bytes:
    """Give a cell's bytes, also when an edit of the file made it a number or text."""
    return cell if isinstance(cell, bytes) else str(cell).encode()
