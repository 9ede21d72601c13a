"""A ledger replayed from its entries, and its stored books compared with the replay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from meshnode.ledger.accounts import SELF, is_dcp
from meshnode.ledger.books import Change, HoldStatus, MemoryBooks
from meshnode.ledger.export import encode_row
from meshnode.ledger.report import Finding, Place, Rule, finding
from meshnode.ledger.store import BOOK_TABLES, Cell
from meshnode.protocol.messages import LedgerHead
from meshnode.protocol.values import Hash, IdentityId, LeaseId

Key: TypeAlias = tuple[str, Cell]
"""A table and a row's first cell."""
_SUMMARY = "summary"


@dataclass(slots=True)
class ReplayedLedger:
    """What the entries of one export say; the audit fills it while it reads them."""

    identity: IdentityId
    books: MemoryBooks = field(default_factory=MemoryBooks)
    places: dict[Hash, Place] = field(default_factory=dict)
    """Every entry by its hash."""
    hashes: dict[Place, Hash] = field(default_factory=dict)
    touched: dict[Key, int] = field(default_factory=dict)
    """Number of the newest entry that wrote a row."""
    numbered: list[Place] = field(default_factory=list)
    """Places of entries by number less one."""
    opened: int = 0
    """Number of the newest entry that set the limits."""
    resolved_at: dict[LeaseId, Place] = field(default_factory=dict)
    """Newest entry about each lease."""
    quoted: list[tuple[Place, LedgerHead]] = field(default_factory=list)
    """Heads of peers, with the entries that quote them."""
    by_receipt: set[LeaseId] = field(default_factory=set)
    by_voucher: set[LeaseId] = field(default_factory=set)

    @property
    def head(self) -> Place:
        """Name the newest entry; the very first place for an empty ledger."""
        return self.numbered[-1] if self.numbered else Place(1, 0)

    def write(self, number: int, change: Change) -> None:
        """Take over what entry `number` does, and remember the rows it wrote."""
        self.books.write(change)
        for account, _ in change.postings:
            self.touched["balances", account] = number
        if change.hold is not None:
            self.touched["holds", change.hold.lease] = number
            self.resolved_at[change.hold.lease] = self.numbered[number - 1]
        if change.standing is not None:
            self.touched["standings", change.standing[0]] = number
        if change.pool is not None:
            self.touched[_SUMMARY, None] = number
        if change.limits is not None:
            self.touched[_SUMMARY, None] = self.opened = number


def compare_tables(
    replayed: ReplayedLedger, tables: Mapping[str, Sequence[bytes]]
) -> tuple[Finding, ...]:
    """Find the stored rows that are not what the entries add up to."""
    expected = _rows_of(replayed)
    stored: dict[Key, bytes] = {}
    for table in BOOK_TABLES:
        for row in tables.get(table, ()):
            stored[table, _first_cell(table, row)] = row
    differing = [key for key, row in expected.items() if stored.get(key) != row]
    foreign = [key for key in stored if key not in expected]
    return tuple(_contradiction(replayed, key) for key in (*differing, *foreign))


def _rows_of(replayed: ReplayedLedger) -> dict[Key, bytes]:
    books, pool = replayed.books, replayed.books.pool()
    rows: dict[Key, bytes] = {
        (_SUMMARY, None): encode_row((replayed.opened, pool.day, pool.drawn_credits))
    }
    for account, credits_ in books.balances.items():
        rows["balances", account] = encode_row((account, credits_))
    for lease, hold in books.holds.items():
        cells = (*msgspec.structs.astuple(hold), replayed.touched["holds", lease])
        rows["holds", lease] = encode_row(cells)
    for identity, standing in books.standings.items():
        cells = (identity, *msgspec.structs.astuple(standing))
        rows["standings", identity] = encode_row(cells)
    return rows


def _first_cell(table: str, row: bytes) -> Cell:
    """Name a row by its first cell; the summary has one row and no name."""
    if table == _SUMMARY:
        return None
    try:
        cells = msgspec.msgpack.decode(row, type=list[object])
    except msgspec.DecodeError:
        return row
    first = cells[0] if cells else None
    return first if isinstance(first, int | str | bytes | float) else None


def _contradiction(replayed: ReplayedLedger, key: Key) -> Finding:
    table, name = key
    number = replayed.touched.get(key)
    place = replayed.head if number is None else replayed.numbered[number - 1]
    shown = name.hex() if isinstance(name, bytes) else name
    row = table if name is None else f"{table} of {shown}"
    message = (
        f"the stored {row} is known to no entry"
        if number is None
        else f"the stored {row} is not what the entries up to this one add up to"
    )
    return finding(replayed.identity, place, Rule.BOOKS, message)


def settled_self(books: MemoryBooks) -> int:
    """Give the balance of `self` as it is without the open holds."""
    held = sum(
        hold.amount_max
        for hold in books.holds.values()
        if hold.status is HoldStatus.OPEN and hold.debit == SELF
    )
    return books.balance(SELF) + held


def credited(books: MemoryBooks) -> int:
    """Give what was ever credited to DCP addresses, claimed since or not."""
    return sum(hold.amount for hold in books.holds.values() if is_dcp(hold.credit))
